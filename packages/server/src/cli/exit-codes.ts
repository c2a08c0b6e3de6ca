/** What the exit status of a command says. docs/cli.md has the same table; a test compares. */
export const EXIT_CODES = {
  OK: { code: 0, meaning: "Done." },
  FAILED: { code: 1, meaning: "It failed for a reason that is none of the others; the message on stderr says which." },
  USAGE: {
    code: 2,
    meaning: "The command line, the configuration, a file or an input is wrong. Nothing was started or sent.",
  },
  AUTH: { code: 3, meaning: "The API key is missing, wrong, or lacks the scope." },
  REJECTED: {
    code: 4,
    meaning: "Some or all messages were rejected or, with `--wait`, ended undelivered; the output says which.",
  },
  THROTTLED: { code: 5, meaning: "The server asked to slow down until all tries were used up." },
  NETWORK: { code: 6, meaning: "No answer: name, connection, TLS, or out of time." },
  NOT_ENDED: { code: 7, meaning: "Messages were accepted, but had not all ended when `--wait` was over." },
  CRASHED: { code: 70, meaning: "A fault of Posthorn. What was answered is on disk; start again." },
  INTERRUPTED: { code: 130, meaning: "Stopped by Ctrl-C (SIGINT) before it was done." },
  TERMINATED: { code: 143, meaning: "Stopped by SIGTERM before it was done." },
} as const satisfies Record<string, { code: number; meaning: string }>;

export type ExitName = keyof typeof EXIT_CODES;
