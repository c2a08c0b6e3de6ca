/** What the start's banner says of the carriers that are configured. */
import { type CarrierEntry, type Config, effectiveEntries } from "../config/config.ts";

/** More would be a list; `posthorn carriers` has all of them. */
const SHOWN_MAX = 4;

export interface ShownCarriers {
  /** One line: each carrier's name, and to whom it leads. */
  readonly line: string;
  /** There is a carrier that may take SMS. */
  readonly hasSms: boolean;
  /** A sender of WhatsApp's that belongs to a carrier; null where the sandbox has them all, or none is configured. */
  readonly whatsAppSender: string | null;
}

type Entry = Config["carriers"][string];

function leadsTo(entry: Entry): string {
  switch (entry.type) {
    case "sandbox":
      return entry.paused ? "sandbox, paused" : "sandbox: nothing leaves this machine";
    case "smpp":
      return `SMPP to ${entry.host}:${entry.port}`;
    case "whatsapp-cloud": {
      const numbers = entry.senders.map(({ number }) => number);
      const others = numbers.length > 1 ? ` and ${numbers.length - 1} more` : "";
      return `WhatsApp from ${numbers[0] ?? "no number"}${others}`;
    }
  }
}

const typeOf = ({ type }: Entry): CarrierEntry["type"] => type;

export function shownCarriers(config: Config): ShownCarriers {
  const { carriers } = effectiveEntries(config, config.sandbox.enabled, config.sandbox.paused);
  const entries = Object.entries(carriers);
  const named = entries.slice(0, SHOWN_MAX).map(([name, entry]) => `${name} (${leadsTo(entry)})`);
  const more = entries.length > SHOWN_MAX ? [`${entries.length - SHOWN_MAX} more`] : [];
  const [first] = Object.values(carriers).flatMap((entry) => (entry.type === "whatsapp-cloud" ? entry.senders : []));
  return {
    line: [...named, ...more].join(", ") || "none: messages are refused",
    hasSms: Object.values(carriers).some((entry) => typeOf(entry) !== "whatsapp-cloud"),
    whatsAppSender: first?.number ?? null,
  };
}
