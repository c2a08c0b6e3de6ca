import type { Terminal } from "./terminal.ts";

/** More says nothing, and longer is no better to read. */
const BAR_COLUMNS_MAX = 40;
const CLEAR_LINE = "\r\u001b[K";

/** One line on stderr that is drawn over again; nothing at all where stderr is no terminal. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #total: number;
  #shown = "";

  constructor(terminal: Terminal, label: string, total: number) {
    this.#terminal = terminal;
    this.#label = label;
    this.#total = total;
    this.update(0);
  }

  update(done: number) {
    if (!this.#terminal.isErrTty || this.#total === 0) return;
    const share = Math.min(done / this.#total, 1);
    const figures = ` ${Math.floor(share * 100)} %  ${done}/${this.#total}`;
    const width = Math.min(BAR_COLUMNS_MAX, this.#terminal.columns - this.#label.length - figures.length - 4);
    const filled = Math.round(share * Math.max(width, 0));
    const bar = width > 0 ? ` [${"#".repeat(filled)}${".".repeat(width - filled)}]` : "";
    const text = `${this.#label}${bar}${figures}`;
    // A terminal is slow: what looks the same is not drawn again.
    if (text === this.#shown) return;
    this.#shown = text;
    this.#terminal.draw(CLEAR_LINE + text);
  }

  /** Takes the bar away, so that what comes after stands on a clean line. */
  end() {
    if (this.#shown !== "") this.#terminal.draw(CLEAR_LINE);
    this.#shown = "";
  }
}
