/**
 * Destinations that make the simulator misbehave, so that whatever sends can be tested against it from outside. Where
 * Posthorn's sandbox has the same situation it has the same number. All are of Ofcom's numbers for drama: nobody has
 * them.
 */
import { COMMAND_STATUS as S, commandStatusName } from "../command-status.ts";
import type { Behaviour, ReceiptPlan } from "./behaviour.ts";
import type { Delay } from "./delay.ts";
import type { ReceiptForm } from "./receipt-form.ts";

const PREFIX = "447700900";

export interface MagicTimes {
  /** Of a late receipt. */
  readonly lateByMs: number;
  /** Of a slow answer. */
  readonly slowAnswerMs: number;
}

export interface MagicDestination {
  readonly destination: string;
  readonly description: string;
  /** @param submission which one to this number it is, from 1 on. */
  readonly behaviourOf: (submission: number, times: MagicTimes) => Behaviour;
}

const magic = (
  suffix: number,
  description: string,
  behaviour: Behaviour | MagicDestination["behaviourOf"],
): MagicDestination => ({
  destination: `${PREFIX}${String(suffix).padStart(3, "0")}`,
  description,
  behaviourOf: typeof behaviour === "function" ? behaviour : () => behaviour,
});

const refused = (suffix: number, commandStatus: number): MagicDestination => {
  const hex = `0x${commandStatus.toString(16).toUpperCase().padStart(2, "0")}`;
  const name = commandStatusName(commandStatus);
  const shown = name.startsWith("ESME_") ? `\`${name}\`, ${hex}` : `${hex}, a vendor's own status`;
  return magic(suffix, `refused: ${shown}`, { commandStatus });
};

const ends = (suffix: number, state: ReceiptPlan["state"], errorCode = 0): MagicDestination =>
  magic(suffix, `reported as ${state}${errorCode === 0 ? "" : `, err ${errorCode}`}`, {
    receipts: [{ state, errorCode }],
  });

const formed = (suffix: number, description: string, form: Partial<ReceiptForm>): MagicDestination =>
  magic(suffix, description, { receipts: [{ state: "DELIVERED", form }] });

const LATER: Delay = 200;
const VENDOR_STATUS = 0x4a1;
const LONG_TEXT = "A reply that is longer than one message has room for. ".repeat(5).trimEnd();

/** `err` by the same numbers as the sandbox's 700 + n, which are MAP's (3GPP TS 29.002). */
const ERRORS = [1, 6, 8, 9, 11, 13, 24, 27, 31, 32, 34, 51, 71];

export const MAGIC_DESTINATIONS: readonly MagicDestination[] = [
  refused(401, S.RSYSERR),
  refused(402, S.RMSGQFUL),
  refused(403, S.RTHROTTLED),
  refused(404, S.RINVDSTADR),
  refused(405, S.RINVSRCADR),
  refused(406, S.RSUBMITFAIL),
  refused(407, S.RX_T_APPN),
  refused(408, S.RX_P_APPN),
  refused(409, S.RX_R_APPN),
  refused(410, S.RINVMSGLEN),
  refused(411, S.RUNKNOWNERR),
  refused(412, VENDOR_STATUS),
  ends(500, "UNKNOWN"),
  ends(503, "ACCEPTED"),
  ends(504, "REJECTED", 255),
  magic(507, "reported as ENROUTE, where intermediate notifications are asked for, then as DELIVERED", {
    receipts: [{ state: "ENROUTE" }, { state: "DELIVERED", delay: LATER }],
  }),
  ends(509, "UNDELIVERABLE", 255),
  ends(515, "EXPIRED"),
  magic(529, "taken and never reported", { receipts: [] }),
  ends(598, "DELETED"),
  ...ERRORS.map((errorCode) => ends(700 + errorCode, "UNDELIVERABLE", errorCode)),
  formed(801, "the receipt's text is in message_payload", { place: "message_payload" }),
  formed(802, "the receipt has parameters (TLVs) only and no text", { text: "none" }),
  formed(803, "the receipt has a text only and no parameters", { hasIdTlv: false, hasStateTlv: false }),
  formed(804, "the receipt is a data_sm", { place: "data_sm" }),
  formed(805, "the receipt has esm_class 0", { esmClass: 0 }),
  formed(806, "the receipt's text is UCS-2", { dataCoding: 8 }),
  formed(807, "the receipt's text has no sub, dlvrd and text; no parameters", {
    text: "bare",
    hasIdTlv: false,
    hasStateTlv: false,
  }),
  formed(808, "the receipt's dates have seconds, its err four digits", { text: "seconds" }),
  formed(809, "the receipt's text has another order and `stat:DELIVERED`; no parameters", {
    text: "words",
    hasIdTlv: false,
    hasStateTlv: false,
  }),
  formed(810, "the receipt's id is hexadecimal, in small letters", { id: { base: "hex" } }),
  formed(811, "the receipt's id is hexadecimal, in capitals, with zeros to 8 digits", {
    id: { base: "HEX", width: 8 },
  }),
  formed(812, "the receipt's id is decimal", { id: { base: "decimal" } }),
  formed(813, "the receipt's id is decimal, with zeros to 10 digits", { id: { base: "decimal", width: 10 } }),
  formed(814, "the receipt's id is of no message", { id: "nobody-knows-me" }),
  magic(901, "the receipt is late", (_submission, { lateByMs }) => ({
    receipts: [{ state: "DELIVERED", delay: lateByMs }],
  })),
  magic(902, "the receipt comes twice", { receipts: [{ state: "DELIVERED", copies: 2 }] }),
  magic(903, "the receipt comes before the answer", { answer: "after-receipt" }),
  magic(904, "a receipt says UNDELIVERABLE, a later one DELIVERED", {
    receipts: [
      { state: "UNDELIVERABLE", errorCode: 27 },
      { state: "DELIVERED", delay: LATER },
    ],
  }),
  magic(905, "a receipt says DELIVERED, a later one UNDELIVERABLE", {
    receipts: [{ state: "DELIVERED" }, { state: "UNDELIVERABLE", errorCode: 27, delay: LATER }],
  }),
  magic(906, "refused with `ESME_RTHROTTLED` three times, then taken; and so on", (submission) =>
    submission % 4 === 0 ? {} : { commandStatus: S.RTHROTTLED },
  ),
  magic(907, "taken without answer and receipt; the next one is delivered, and so on", (submission) =>
    submission % 2 === 0 ? {} : { answer: "dropped", receipts: [] },
  ),
  magic(908, "taken without an answer, reported all the same", { answer: "dropped" }),
  magic(909, "the answer is slow", (_submission, { slowAnswerMs }) => ({ answerDelay: slowAnswerMs })),
  magic(910, "the connection is reset instead of an answer", { fault: "reset" }),
  magic(911, "the connection is closed after the answer", { fault: "close" }),
  magic(912, "answered, then the simulator unbinds", { fault: "unbind" }),
  magic(913, "no answer, and the connection stays open and silent", { fault: "silent" }),
  magic(914, "answered; enquire_link is not answered from then on", { fault: "ignore-enquire-link" }),
  magic(915, "answered twice", { answer: "twice" }),
  magic(916, "the receipt comes on another bind, where there is one", {
    receipts: [{ state: "DELIVERED", goesTo: "other-session" }],
  }),
  magic(921, "the phone replies", { mo: { text: "Reply" } }),
  magic(922, "the phone replies in parts, with references of 8 bits", { mo: { text: LONG_TEXT, method: "udh8" } }),
  magic(923, "the phone replies in parts, with references of 16 bits", { mo: { text: LONG_TEXT, method: "udh16" } }),
  magic(924, "the phone replies in parts, with sar_ parameters", { mo: { text: LONG_TEXT, method: "sar" } }),
  magic(925, "the phone replies in message_payload", { mo: { text: LONG_TEXT, method: "payload" } }),
  magic(926, "the phone replies in UCS-2", { mo: { text: "Одговор \u{1F4EF}" } }),
];

/** Counts the submissions to each magic destination. */
export class MagicBook {
  readonly #known = new Map(MAGIC_DESTINATIONS.map((entry) => [entry.destination, { entry, submissions: 0 }]));
  readonly #times: MagicTimes;

  constructor(times: MagicTimes) {
    this.#times = times;
  }

  behaviourOf(destination: string): Behaviour | null {
    const known = this.#known.get(destination);
    if (known === undefined) return null;
    known.submissions += 1;
    return known.entry.behaviourOf(known.submissions, this.#times);
  }
}
