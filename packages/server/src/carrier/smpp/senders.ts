/** What a sender is written as in source_addr, and of which type it is (SMPP 3.4 §5.2.5, §5.2.6). */
import { fitsSenderPattern, type SenderPattern, senderPattern } from "../../message/sender-pattern.ts";

export interface Address {
  readonly ton: number;
  readonly npi: number;
  /** Latin-1, at most 20 characters. */
  readonly address: string;
}

export interface SenderRule {
  readonly pattern: SenderPattern;
  /** Undefined: as it is, or by its kind. */
  readonly as: string | undefined;
  readonly ton: number | undefined;
  readonly npi: number | undefined;
}

export const TON = { unknown: 0, international: 1, national: 2, networkSpecific: 3, alphanumeric: 5 } as const;
export const NPI_E164 = 1;

/** Shorter numbers are short codes, which no country has given out. */
const INTERNATIONAL_DIGITS_MIN = 7;
/** Room in source_addr and destination_addr, without the final NUL. */
const ADDRESS_OCTETS_MAX = 20;
const WRITABLE = /^[ -~\u00a0-\u00ff]*$/;

interface SenderEntry {
  readonly match: string;
  readonly as?: string;
  readonly ton?: number;
  readonly npi?: number;
}

export function compileSenders(entries: readonly SenderEntry[]): readonly SenderRule[] {
  return entries.map(({ match, as, ton, npi }) => ({ pattern: senderPattern(match), as, ton, npi }));
}

/** Null when no source_addr can hold it. */
export function sourceOf(sender: string, rules: readonly SenderRule[]): Address | null {
  const rule = rules.find(({ pattern }) => fitsSenderPattern(sender, pattern));
  const usual = kindOf(rule?.as ?? sender);
  if (usual.address.length > ADDRESS_OCTETS_MAX || !WRITABLE.test(usual.address)) return null;
  if (rule === undefined) return usual;
  return { address: usual.address, ton: rule.ton ?? usual.ton, npi: rule.npi ?? usual.npi };
}

function kindOf(sender: string): Address {
  // Nobody was named: the carrier puts in what it has for us.
  if (sender === "") return { ton: TON.unknown, npi: 0, address: "" };
  const [, prefix, digits] = /^(\+|00(?=[1-9]))?([0-9]+)$/.exec(sender) ?? [];
  if (digits === undefined) return { ton: TON.alphanumeric, npi: 0, address: sender };
  if (prefix !== "+" && digits.length < INTERNATIONAL_DIGITS_MIN) {
    return { ton: TON.networkSpecific, npi: 0, address: sender };
  }
  return { ton: TON.international, npi: NPI_E164, address: digits };
}
