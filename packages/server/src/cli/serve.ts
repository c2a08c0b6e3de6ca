import { createLog, type Log } from "../kernel/log.ts";
import { type RunningServer, startServer } from "../main.ts";
import { banner, localUrl } from "./banner.ts";
import { defineCommand } from "./command.ts";
import { readConfiguration, SERVE_OPTIONS, shownFolder } from "./configuration.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { welcome } from "./welcome.ts";

const NOTES = `Without any option: listens on 127.0.0.1:8080, keeps its data in ./data, and makes an API key at the first start.
Ctrl-C or SIGTERM finishes what is in flight and ends with status 0; a second one ends at once.
SIGHUP reads the configuration again: carriers, routes and rules change at once; the log says what needs a restart.
The log goes to stderr, one JSON object a line; at a terminal only warnings, unless a level is given.`;

/** For the last line of the log, when the process must end. */
const FLUSH_MS_MAX = 1_000;

export const serve = defineCommand({
  name: "serve",
  summary: "Run the server.",
  options: {
    ...SERVE_OPTIONS,
    json: { kind: "flag", description: "Print one JSON object instead of the banner, when the server is ready." },
  },
  takesSettings: true,
  notes: NOTES,
  async run({ values, settings }, context) {
    const { terminal, env } = context;
    const { config, sources } = readConfiguration(values, settings, context);
    // Lines of JSON would bury the banner where a person reads; whatever collects a log is no terminal.
    const isQuiet = terminal.isErrTty && sources["log.level"] === "default";
    const logLevel = isQuiet ? "warn" : config.log.level;
    const stopSignal = context.stopSignal();
    const log = createLog(logLevel);
    const onCrash = (error: unknown) => endCrashed(log, error);
    process.on("uncaughtException", onCrash);
    const readConfig = () => readConfiguration(values, settings, context).config;
    const server = await startServer(config, { log, onCrash, readConfig });
    // Refused or done, the log says what became of it.
    const onHangUp = () => void server.reload().catch(() => undefined);
    process.on("SIGHUP", onHangUp);
    try {
      const url = localUrl(config.http.host, server.url);
      const greeting = { config, server, url, signal: stopSignal };
      const endings = await welcome(greeting, (line) => void (values.json || terminal.out(line)));
      if (values.json) terminal.out(JSON.stringify(readyJson(server, url, config.data.directory, endings)));
      else {
        const { firstKey } = server;
        const hasColour = terminal.hasOutColour;
        terminal.out(banner({ config, sources, url: server.url, firstKey, logLevel, env, hasColour }));
      }
      await aborted(stopSignal);
      if (terminal.isErrTty) terminal.err("\nStopping: finishing what is in flight.");
    } finally {
      await server.stop();
      process.off("uncaughtException", onCrash);
      process.off("SIGHUP", onHangUp);
    }
    return "OK";
  },
});

function readyJson(server: RunningServer, url: string, folder: string, welcome: readonly unknown[]) {
  return { url, dataFolder: shownFolder(folder), apiKey: server.firstKey, isFirstStart: server.isFirstStart, welcome };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    // A pending promise alone does not keep a process alive; the listening socket does, until stop() closes it.
  });
}

/**
 * A fault that nobody caught leaves the process in a state that nobody knows. Ending is safe: everything that was
 * answered is on disk, and the next start goes on from there.
 */
function endCrashed(log: Log, error: unknown) {
  log.fatal({ event: "process.crashed", err: error }, "a fault that nobody caught; everything answered is on disk");
  const exit = () => process.exit(EXIT_CODES.CRASHED.code);
  log.flush(exit);
  setTimeout(exit, FLUSH_MS_MAX);
}
