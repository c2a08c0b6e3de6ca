import type { Connection } from "@posthorn/component";
import { CliError } from "./cli-error.ts";

const TIMEOUT_MS = 60_000;

interface ErrorBody {
  readonly description?: string;
  readonly violations?: readonly { readonly property: string; readonly violation: string }[];
}

/**
 * Asks one of a server's own paths.
 *
 * @throws CliError AUTH, USAGE with what the server finds wrong, FAILED; NETWORK where nobody answers
 */
export async function callOperatorPath<Answer>(
  { baseUrl, key }: Required<Connection>,
  method: "GET" | "POST",
  path: string,
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `App ${key}` },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      "NETWORK",
      `no answer from ${baseUrl}: ${reason}. Is the server running, and is --base-url right?`,
    );
  }
  if (response.ok) return (await response.json()) as Answer;
  if (response.status === 401 || response.status === 403) {
    await response.body?.cancel();
    throw new CliError(
      "AUTH",
      `this key may not do that (HTTP ${response.status}); it needs the scope posthorn:manage`,
    );
  }
  const { description = "", violations = [] } = (await response.json().catch(() => ({}))) as ErrorBody;
  const lines = violations.map(({ property, violation }) => `  ${property}: ${violation}`);
  const exit = response.status === 400 ? "USAGE" : "FAILED";
  throw new CliError(exit, [`HTTP ${response.status}: ${description}`, ...lines].join("\n"));
}
