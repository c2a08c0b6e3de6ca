import type { ExitName } from "./exit-codes.ts";

/** An error whose message says all that the user needs: it is shown without a stack. */
export class CliError extends Error {
  readonly exit: ExitName;

  constructor(exit: ExitName, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "CliError";
    this.exit = exit;
  }
}
