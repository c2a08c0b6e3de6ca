import { commandStatusName, isSmppError } from "@posthorn/smpp";

/** What is to be done about a bind that was refused, where the status says more than that it was. */
const HINTS: Readonly<Record<string, string>> = {
  ESME_RINVPASWD:
    "check password and systemId; the next try is in a quarter of an hour, or at `posthorn config reload`",
  ESME_RINVSYSID: "check systemId; the next try is in a quarter of an hour, or at `posthorn config reload`",
  ESME_RINVCMDID: "the carrier does not offer this kind of bind: try the other value of bindAs",
  ESME_RINVSYSTYP: "check systemType",
  ESME_RBINDFAIL: "the carrier may allow fewer links, or other addresses, or still count a session that was lost",
  ESME_RALYBND: "the carrier may still count a session that was lost",
};

export interface BindFailure {
  readonly event: "carrier.connect_failed" | "carrier.bind_refused";
  readonly level: "warn" | "error";
  readonly message: string;
  /** In a few words, for whoever looks at the carrier. */
  readonly problem: string;
  /** Of a refusal: the carrier's command_status by name. */
  readonly status?: string;
  readonly hint?: string | undefined;
  readonly reason?: string;
  readonly cause?: string | undefined;
}

/** What an operator is told of a try to bind that failed: the carrier's refusal is his to mend, a lost network passes. */
export function readBindFailure(error: unknown): BindFailure {
  const commandStatus = isSmppError(error) ? error.commandStatus : undefined;
  if (commandStatus === undefined) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    const message = "no session with the carrier";
    return { event: "carrier.connect_failed", level: "warn", message, problem: cause ?? reason, reason, cause };
  }
  const status = commandStatusName(commandStatus);
  const message = "the carrier refused the bind";
  const problem = `the bind was refused: ${status}`;
  return { event: "carrier.bind_refused", level: "error", message, problem, status, hint: HINTS[status] };
}
