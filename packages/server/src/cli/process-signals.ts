import { constants } from "node:os";
import type { ExitName } from "./exit-codes.ts";

/** The same Ctrl-C reaches us from the terminal and again from every wrapper (npm, scripts/run.mjs) that passes it on. */
const SAME_SIGNAL_MS = 1_000;
/** By convention a process that a signal ended has this and the signal's number as its status. */
const SIGNAL_STATUS_BASE = 128;

/** Aborts at the first SIGINT or SIGTERM, with the signal's name as its reason; a later one ends the process at once. */
export function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        firstAt = performance.now();
        controller.abort(name);
      } else if (performance.now() - firstAt >= SAME_SIGNAL_MS) {
        process.exit(SIGNAL_STATUS_BASE + constants.signals[name]);
      }
    });
  }
  return controller.signal;
}

/** How a command ends that was stopped before it was done. */
export function exitOfSignal(signal: AbortSignal): ExitName {
  return signal.reason === "SIGTERM" ? "TERMINATED" : "INTERRUPTED";
}
