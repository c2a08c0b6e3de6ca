import assert from "node:assert/strict";
import { defaultCodec, type PduInput, type PduOf } from "@posthorn/smpp";
import { checkSmppCarrier } from "../../src/config/smpp-carrier-check.ts";
import { type SmppCarrierEntry, smppCarrier } from "../../src/config/smpp-carrier-schema.ts";
import { readEntry } from "../../src/config/entries.ts";
import { formOf, type MessageForm } from "../../src/carrier/smpp/form.ts";
import { type Submission, SubmissionWriter } from "../../src/carrier/smpp/submission.ts";
import { encodeText, type TextOptions } from "../../src/message/text-plan.ts";
import type { MessageOptions, OutboundMessage } from "../../src/store/messages.ts";

export const NOW = Date.UTC(2026, 10, 22, 15, 0, 0);
const HOUR_MS = 3_600_000;

const REQUIRED = { type: "smpp", host: "smsc.example", systemId: "posthorn", password: { env: "SMPP_PASSWORD" } };

export interface ReadCarrier {
  readonly entry: SmppCarrierEntry | undefined;
  /** `path: message` of each. */
  readonly problems: readonly string[];
}

/** An entry as the configuration file has it, with the members that none may lack. */
export function readCarrier(members: Readonly<Record<string, unknown>>): ReadCarrier {
  const problems: string[] = [];
  const refuse = (path: readonly (string | number)[], message: string) =>
    problems.push(`${path.join(".")}: ${message}`);
  const given = Object.fromEntries(
    Object.entries({ ...REQUIRED, ...members }).filter(([, value]) => value !== undefined),
  );
  const entry = readEntry(smppCarrier, given, ["c"], refuse) as SmppCarrierEntry | undefined;
  if (entry !== undefined) checkSmppCarrier(entry, ["c"], refuse);
  return { entry, problems };
}

export function formWith(members: Readonly<Record<string, unknown>> = {}): MessageForm {
  const { entry, problems } = readCarrier(members);
  assert.deepEqual(problems, []);
  return formOf(entry as SmppCarrierEntry);
}

/** A message as accept leaves it; `options` are those that it has beside how its text was made ready. */
export function messageOf(
  text: string,
  {
    textOptions = {},
    options = {},
    ...members
  }: {
    readonly textOptions?: TextOptions;
    readonly options?: MessageOptions;
  } & Partial<Omit<OutboundMessage, "options">> = {},
): OutboundMessage {
  const plan = encodeText(text, textOptions);
  const tables = Object.keys(plan.nationalTables).length === 0 ? {} : { nationalTables: plan.nationalTables };
  const all = { ...options, ...tables };
  return {
    seq: 70_001,
    accountId: 1,
    attempts: 1,
    messageId: "m1",
    channel: "SMS",
    sender: "Shop",
    destination: "385981234567",
    text: plan.text,
    encoding: plan.encoding,
    partCount: plan.partCount,
    options: Object.keys(all).length === 0 ? null : JSON.stringify(all),
    expiresAt: NOW + HOUR_MS,
    possibleDuplicate: false,
    ...members,
  };
}

/** As the first message that a carrier of this form gets. */
export function submissionOf(message: OutboundMessage, form: MessageForm, reference = 7): Submission {
  return new SubmissionWriter(form).submissionOf(message, reference, NOW);
}

/** Written to octets and read again, as the carrier reads them. */
export function submitted(message: OutboundMessage, form: MessageForm, reference = 7): readonly PduOf<"submit_sm">[] {
  const submission = submissionOf(message, form, reference);
  assert.ok("pdus" in submission, JSON.stringify(submission));
  return submission.pdus.map((pdu) => onTheWire(pdu) as PduOf<"submit_sm">);
}

export function onTheWire(pdu: PduInput) {
  return defaultCodec.decode(defaultCodec.encode(pdu));
}
