import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { OutboundMessage } from "../store/store.ts";

/**
 * One JSON line for every message that reached the sandbox's network, written before the carrier answers. For people
 * (`tail -f`) and for tests: it is the witness of what was sent, and how often, whatever became of the process.
 */
export class SandboxJournal {
  readonly #descriptor: number;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#descriptor = openSync(file, "a+");
    this.#endTornLine();
  }

  /** A process that was killed while it wrote leaves half a line, which must not run into our first one. */
  #endTornLine() {
    const { size } = fstatSync(this.#descriptor);
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(this.#descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== "\n") {
      writeSync(this.#descriptor, "\n");
    }
  }

  append(submitted: readonly { message: OutboundMessage; carrierMessageId: string }[], atMs: number) {
    const at = new Date(atMs).toISOString();
    const lines = submitted.map(({ message, carrierMessageId }) =>
      JSON.stringify({
        at,
        channel: message.channel,
        messageId: message.messageId,
        carrierMessageId,
        sender: message.sender,
        to: message.destination,
        text: message.text,
        encoding: message.encoding,
        parts: message.partCount,
        possibleDuplicate: message.possibleDuplicate,
      }),
    );
    writeSync(this.#descriptor, `${lines.join("\n")}\n`);
  }

  close() {
    closeSync(this.#descriptor);
  }
}
