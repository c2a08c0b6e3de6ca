import { type ComponentError, type ComponentErrorCode, isComponentError } from "@posthorn/component";
import { isConfigError } from "../config/config.ts";
import { FAULTS, isFault } from "../kernel/faults.ts";
import { CliError } from "./cli-error.ts";
import type { ExitName } from "./exit-codes.ts";

/** An error as a command ends with it. */
export interface Failure {
  readonly exit: ExitName;
  /** For people; may have several lines. */
  readonly text: string;
  /** For --json. */
  readonly json: Readonly<Record<string, unknown>>;
}

const EXIT_OF_COMPONENT_ERROR: Readonly<Record<Exclude<ComponentErrorCode, "DEADLINE">, ExitName>> = {
  INVALID_INPUT: "USAGE",
  INVALID_CONNECTION: "USAGE",
  INVALID_WORKFLOW: "USAGE",
  UNAUTHORIZED: "AUTH",
  FORBIDDEN: "AUTH",
  REJECTED: "REJECTED",
  THROTTLED: "THROTTLED",
  SERVER_ERROR: "FAILED",
  NETWORK: "NETWORK",
  TIMEOUT: "NETWORK",
  BAD_RESPONSE: "FAILED",
  ABORTED: "INTERRUPTED",
};

/** What the system says, and what to do about it. */
const SYSTEM_REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: "The address is in use. Stop what listens there, or choose another port with --port.",
  EADDRNOTAVAIL: "This machine has no such address. Choose another with --host.",
  EACCES: "No permission. Ports below 1024 need special rights; files and folders must be yours.",
  EPERM: "No permission.",
  ENOENT: "There is no such file or folder.",
  EISDIR: "It is a folder, not a file.",
  ENOTDIR: "Part of the path is no folder.",
  EROFS: "The file system is read-only.",
  ENOSPC: "The disk is full.",
  ENOTFOUND: "There is no host of that name.",
};

export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return failure(error.exit, error.message, { code: error.exit });
  if (isConfigError(error)) return failure("USAGE", error.message, { code: error.code, problems: error.problems });
  if (isFault(error)) {
    const { remedy } = FAULTS[error.code];
    return failure("FAILED", `${error.message}. ${remedy}`, { code: error.code, remedy });
  }
  if (isComponentError(error)) {
    return { exit: exitOfComponentError(error), text: componentText(error), json: { ...error.toJSON() } };
  }
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: undefined, message: "" };
  const remedy = code === undefined ? undefined : SYSTEM_REMEDIES[code];
  if (remedy !== undefined) return failure("FAILED", `${message}. ${remedy}`, { code, remedy });
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure("CRASHED", `This is a fault of Posthorn.\n${text}`, { code: "CRASHED" });
}

export function exitOfComponentError(error: ComponentError): ExitName {
  if (error.code !== "DEADLINE") return EXIT_OF_COMPONENT_ERROR[error.code];
  return isComponentError(error.cause) ? exitOfComponentError(error.cause) : "NETWORK";
}

function failure(exit: ExitName, text: string, json: Readonly<Record<string, unknown>>): Failure {
  return { exit, text, json: { message: text, ...json } };
}

function componentText(error: ComponentError): string {
  const lines = [
    `${error.message} (${error.code}${error.httpStatus === undefined ? "" : `, HTTP ${error.httpStatus}`})`,
  ];
  for (const { property, violation } of error.violations) {
    const line = `${property}: ${violation}`;
    if (!error.message.includes(violation)) lines.push(`  ${line}`);
  }
  if (error.code === "UNAUTHORIZED") lines.push("Give the key with --key or POSTHORN_API_KEY.");
  if (error.code === "NETWORK") lines.push("Is the server running, and is --base-url right?");
  return lines.join("\n");
}
