import { pino, type Logger } from "pino";

/** Every line has `event`; ids and codes are fields of their own, so that a line can be found by what it is about. */
export type Log = Logger;

export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ["req.headers.authorization", "authorization", "apiKey"], censor: "********" },
      // stdout belongs to the command's own output (the banner, --json); the log goes to stderr.
    },
    pino.destination({ dest: 2, sync: false, minLength: 0 }),
  );
}

export const silentLog: Log = pino({ level: "silent" });
