/** What a carrier's entry says about messages, made ready for the pure functions that write and read them. */
import type { MessageIdNotation, TextEncoding, Tlv } from "@posthorn/smpp";
import type { SmppCarrierEntry } from "../../config/smpp-carrier-schema.ts";
import { type ErrorTable, errorTableOf } from "./answers.ts";
import { compileSenders, type SenderRule } from "./senders.ts";

export interface MessageForm {
  readonly serviceType: string;
  /** Bits 1-0 of esm_class. */
  readonly esmClassMode: number;
  readonly protocolId: number;
  readonly priorityFlag: number;
  /** The octet registered_delivery. 0: there will be no receipts. */
  readonly registeredDelivery: number;
  readonly validity: SmppCarrierEntry["validity"];
  readonly senders: readonly SenderRule[];
  readonly destinationTon: number;
  readonly destinationNpi: number;
  readonly alphabet0: Exclude<TextEncoding, "ucs2">;
  readonly flash: SmppCarrierEntry["flash"];
  readonly longMessages: SmppCarrierEntry["longMessages"];
  readonly nationalTables: boolean;
  readonly userMessageReference: boolean;
  /** Of every submit_sm. */
  readonly tlvs: readonly Tlv[];
  readonly errors: ErrorTable;
  /** Infobip's error by `err`, without leading zeros and in capitals. */
  readonly receiptErrors: ReadonlyMap<string, number>;
  readonly messageIds: {
    readonly answers: "auto" | MessageIdNotation;
    readonly receipts: "auto" | MessageIdNotation;
  };
  /** How far the times in receipts are ahead of UTC. */
  readonly receiptOffsetMinutes: number;
  readonly receiptPhone: SmppCarrierEntry["receiptPhone"];
  readonly isReceiptKnownByText: boolean;
  readonly inboundNumbers: {
    readonly unknownTon: "international" | "national";
    readonly countryCode: string | null;
  };
}

const REGISTERED_DELIVERY = { final: 0x01, "final-and-intermediate": 0x11, none: 0x00 } as const;

export function formOf(entry: SmppCarrierEntry): MessageForm {
  const { messageIds, inboundNumbers } = entry;
  return {
    serviceType: entry.serviceType,
    esmClassMode: entry.esmClassMode,
    protocolId: entry.protocolId,
    priorityFlag: entry.priority,
    registeredDelivery: REGISTERED_DELIVERY[entry.registeredDelivery],
    validity: entry.validity,
    senders: compileSenders(entry.senders ?? []),
    destinationTon: entry.destinationTon,
    destinationNpi: entry.destinationNpi,
    alphabet0: entry.alphabet0,
    flash: entry.flash,
    longMessages: entry.longMessages,
    nationalTables: entry.nationalTables,
    userMessageReference: entry.userMessageReference,
    tlvs: (entry.tlvs ?? []).map(tlvOf),
    errors: errorTableOf(entry.errors ?? []),
    receiptErrors: new Map((entry.receiptErrors ?? []).map(({ err, errorId }) => [receiptErrorKey(err), errorId])),
    messageIds: { answers: messageIds?.answers ?? "auto", receipts: messageIds?.receipts ?? "auto" },
    receiptOffsetMinutes: minutesOf(entry.receiptTimeZone),
    receiptPhone: entry.receiptPhone,
    isReceiptKnownByText: entry.isReceiptKnownByText,
    inboundNumbers: {
      unknownTon: inboundNumbers?.unknownTon ?? "international",
      countryCode: inboundNumbers?.countryCode ?? null,
    },
  };
}

/** Carriers write `err` with three digits, four or one, and letters in either case. */
export function receiptErrorKey(err: string): string {
  return err.toUpperCase().replace(/^0+(?=.)/, "");
}

function tlvOf({ tag, hex, text, integer, octets = 1 }: NonNullable<SmppCarrierEntry["tlvs"]>[number]): Tlv {
  if (hex !== undefined) return { tag, value: Buffer.from(hex, "hex") };
  if (text !== undefined) return { tag, value: Buffer.from(`${text}\0`, "latin1") };
  const value = Buffer.alloc(octets);
  value.writeUIntBE(integer ?? 0, 0, octets);
  return { tag, value };
}

function minutesOf(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(":").map(Number);
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
