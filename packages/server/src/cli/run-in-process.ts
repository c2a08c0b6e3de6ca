import { listenForSignals } from "./process-signals.ts";
import { runCli } from "./run-cli.ts";
import { processTerminal } from "./terminal.ts";

/** After its command a process has nothing to do; whatever still holds it open may do so this long. */
const LEFT_OVER_MS_MAX = 2_000;

/** One command line with this process's terminal, environment and signals; sets the exit status. */
export async function runInProcess(args: readonly string[]): Promise<void> {
  let signal: AbortSignal | null = null;
  process.exitCode = await runCli(args, {
    terminal: processTerminal(process.env),
    env: process.env,
    stopSignal: () => (signal ??= listenForSignals()),
  });
  // Not exit() at once: it would cut off output that a slow pipe has not taken yet.
  setTimeout(() => process.exit(), LEFT_OVER_MS_MAX).unref();
}
