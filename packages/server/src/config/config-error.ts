/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** The setting or section, dotted; empty when it concerns the whole file. */
  path: string;
  message: string;
  file?: string;
  /** From 1, as editors count. */
  line?: number;
  column?: number;
}

const MARK = Symbol.for("posthorn.config-error");

/** All that is wrong, at once: a start that fails once for each mistake costs its operator an evening. */
export class ConfigError extends Error {
  readonly code = "CONFIG_INVALID";
  readonly problems: readonly ConfigProblem[];
  readonly [MARK] = true;

  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      [`The configuration has ${count}:`, ...problems.map((problem) => `  ${describeProblem(problem)}`)].join("\n"),
    );
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** By marker and not by class, because two copies of this package may meet in one process. */
export function isConfigError(error: unknown): error is ConfigError {
  return typeof error === "object" && error !== null && MARK in error;
}

function describeProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place = file === undefined ? "" : `${[file, line, column].filter((part) => part !== undefined).join(":")} `;
  return `${place}${path === "" ? "" : `${path}: `}${message}`;
}
