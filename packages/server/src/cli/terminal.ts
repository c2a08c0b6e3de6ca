import { stripVTControlCharacters, styleText } from "node:util";
import { CliError } from "./cli-error.ts";

/** Where a command writes, and reads its standard input. Injected, so that tests run commands in their own process. */
export interface Terminal {
  /** One or more lines for stdout; the last line feed is added. */
  out(text: string): void;
  /** The same for stderr. */
  err(text: string): void;
  /** Text for stderr as it is: for what is drawn over again. */
  draw(text: string): void;
  readonly isOutTty: boolean;
  readonly isErrTty: boolean;
  readonly hasOutColour: boolean;
  readonly hasErrColour: boolean;
  /** Of stderr, where the progress bar is. */
  readonly columns: number;
  /** Everything on stdin. Its caller names the limit. */
  readInput(bytesMax: number): Promise<string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const COLUMNS_DEFAULT = 80;

export function processTerminal(env: Environment): Terminal {
  const { stdout, stderr, stdin } = process;
  // `posthorn ... | head`: the reader has what it wanted, and a server must not die of it.
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  const mayColour = (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    draw: (text) => void stderr.write(text),
    isOutTty: stdout.isTTY,
    isErrTty: stderr.isTTY,
    hasOutColour: mayColour && stdout.isTTY,
    hasErrColour: mayColour && stderr.isTTY,
    columns: stderr.columns ?? COLUMNS_DEFAULT,
    readInput: (bytesMax) => readAll(stdin, bytesMax),
  };
}

async function readAll(stream: AsyncIterable<Buffer>, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of stream) {
    byteCount += chunk.length;
    if (byteCount > bytesMax) throw new CliError("USAGE", `standard input is longer than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export type Paint = "bold" | "dim" | "red" | "green" | "yellow";

export function paint(hasColour: boolean, format: Paint, text: string): string {
  return hasColour ? styleText(format, text, { validateStream: false }) : text;
}

/** Text of other people for a terminal: what could move the cursor or hide text is taken out. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
