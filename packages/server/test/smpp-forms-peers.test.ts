/** What other programs read of our submit_sm, and what we read of their receipts. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { defaultCodec, type PduInputOf, type PduOf } from "@posthorn/smpp";
// @ts-expect-error: it has no types
import larvitUtils from "larvitsmpp/lib/utils.js";
// @ts-expect-error: it has no types
import untypedSmpp from "smpp";
import { deliveryOf } from "../src/carrier/smpp/deliveries.ts";
import type { MessageForm } from "../src/carrier/smpp/form.ts";
import { NATIONAL_ALPHABETS } from "../src/message/national/alphabets.ts";
import type { OutboundMessage } from "../src/store/messages.ts";
import { formWith, messageOf, NOW, submissionOf } from "./harness/smpp-forms.ts";

const folder = mkdtempSync(join(tmpdir(), "posthorn-smpp-forms-"));
after(() => rmSync(folder, { recursive: true }));

const HAS_TSHARK = ["tshark", "text2pcap"].every((program) => spawnSync(program, ["--version"]).status === 0);
const NO_TSHARK = HAS_TSHARK ? false : "tshark is not installed";

const ALPHABETS = ["gsm7", "gsm7packed", "latin1", "ascii"];
const METHODS = ["udh8", "udh16", "sar", "payload"];
const TURKISH = NATIONAL_ALPHABETS.TR.at(-1)?.characters().join("") ?? "";

/** One of each kind that submissionOf tells apart. */
const MESSAGES: readonly OutboundMessage[] = [
  messageOf("Order 17 has shipped"),
  messageOf("5 € [net] {gross} @home", { options: { flash: true } }),
  messageOf("Long. ".repeat(60), { sender: "385981234567" }),
  messageOf("Žluťoučký kůň 😀 ".repeat(12), { sender: "80123" }),
  messageOf("Кратко", { options: { flash: true }, sender: "" }),
  messageOf(TURKISH.repeat(2), { textOptions: { language: { languageCode: "TR" } } }),
  messageOf("", { text: "0fa1".repeat(120), encoding: "BINARY", options: { content: { dataCoding: 4 } } }),
  messageOf("", {
    text: `06050415811581${"5a".repeat(190)}`,
    encoding: "BINARY",
    options: { content: { dataCoding: 245, esmClass: 64 } },
  }),
  messageOf("second part", { options: { userDataHeader: "0500030a0202" } }),
];

const FORMS: readonly MessageForm[] = ALPHABETS.flatMap((alphabet0) =>
  METHODS.flatMap((longMessages) =>
    [
      { validity: "relative", flash: "dataCoding", nationalTables: true },
      { validity: "absolute", flash: "subunit", registeredDelivery: "final-and-intermediate", esmClassMode: 3 },
      { validity: "none", userMessageReference: false, serviceType: "CMT", tlvs: [{ tag: 0x1401, text: "1234" }] },
    ].map((members) => formWith({ alphabet0, longMessages, ...members })),
  ),
);

type SubmitSm = PduInputOf<"submit_sm">;

function allPdus(): readonly SubmitSm[] {
  const pdus = FORMS.flatMap((form) =>
    MESSAGES.flatMap((message) => {
      const submission = submissionOf(message, form, 0x1234);
      assert.ok("pdus" in submission);
      return submission.pdus;
    }),
  );
  return pdus.map((pdu, index) => ({ ...pdu, sequenceNumber: index + 1 }));
}

/** Packets for text2pcap, each a PDU. */
function hexDump(pdus: readonly SubmitSm[]): string {
  return pdus
    .map((pdu) => `000000 ${defaultCodec.encode(pdu).toString("hex").replaceAll(/(..)/g, "$1 ")}\n`)
    .join("\n");
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What tshark is asked for, and what it must say of each PDU. */
const EXPECTED: readonly (readonly [field: string, valueOf: (pdu: SubmitSm) => string])[] = [
  ["smpp.command_id", () => "0x00000004"],
  ["smpp.sequence_number", ({ sequenceNumber }) => String(sequenceNumber)],
  ["smpp.service_type", ({ serviceType = "" }) => serviceType || "(Default)"],
  ["smpp.source_addr", ({ sourceAddr = "" }) => sourceAddr],
  ["smpp.source_addr_ton", ({ sourceAddrTon = 0 }) => byte(sourceAddrTon)],
  ["smpp.destination_addr", ({ destinationAddr = "" }) => destinationAddr],
  ["smpp.data_coding", ({ dataCoding = 0 }) => byte(dataCoding)],
  ["smpp.sm_length", ({ shortMessage }) => String(shortMessage?.length ?? 0)],
  ["smpp.message", ({ shortMessage }) => hex(shortMessage)],
  ["smpp.message_payload", ({ tlvs }) => hex(valueOf(tlvs, 0x0424))],
  ["smpp.sar_segment_seqnum", ({ tlvs }) => String(valueOf(tlvs, 0x020f)?.[0] ?? "")],
  ["smpp.user_message_reference", ({ tlvs }) => number(valueOf(tlvs, 0x0204))],
  ["_ws.malformed", () => ""],
  ["_ws.expert.message", () => ""],
];

const hex = (octets: Uint8Array | undefined) => Buffer.from(octets ?? []).toString("hex");
const byte = (value: number) => `0x${value.toString(16).padStart(2, "0")}`;
const number = (octets: Uint8Array | undefined) => (octets === undefined ? "" : `0x${hex(octets)}`);
const valueOf = (tlvs: SubmitSm["tlvs"], tag: number) => tlvs?.find((candidate) => candidate.tag === tag)?.value;

test("an independent decoder finds nothing wrong with any submit_sm, and reads what was written", {
  skip: NO_TSHARK,
}, () => {
  const pdus = allPdus();
  assert.ok(pdus.length > 500, `${pdus.length} submit_sm`);
  const [dump, capture] = [join(folder, "pdus.txt"), join(folder, "pdus.pcap")];
  writeFileSync(dump, hexDump(pdus));
  run("text2pcap", ["-q", "-T", "40000,2775", dump, capture]);
  const asked = EXPECTED.flatMap(([field]) => ["-e", field]);
  const options = ["-d", "tcp.port==2775,smpp", "-o", "tcp.analyze_sequence_numbers:FALSE"];
  const output = run("tshark", ["-r", capture, ...options, "-T", "fields", "-E", "separator=/t", ...asked]);
  const rows = output.replace(/\n$/, "").split("\n");
  assert.equal(rows.length, pdus.length);
  for (const [index, row] of rows.entries()) {
    const pdu = pdus[index] as SubmitSm;
    const expected = EXPECTED.map(([field, expectedOf]) => `${field}=${expectedOf(pdu)}`);
    assert.deepEqual(
      row.split("\t").map((value, column) => `${EXPECTED[column]?.[0]}=${value}`),
      expected,
    );
  }
});

interface PeerPdu {
  readonly command: string;
  readonly source_addr: string;
  readonly esm_class: number;
  readonly data_coding: number;
  readonly user_message_reference: number;
  readonly short_message: { readonly message: string | Buffer; readonly udh?: readonly Buffer[] };
  readonly message_payload?: { readonly message: string };
  toBuffer(): Buffer;
}
const smpp = untypedSmpp as { readonly PDU: new (given: string | Buffer, fields?: object) => PeerPdu };

test("npm smpp reads the text of every part that has no alphabet of its own", () => {
  const texts = [
    messageOf("5 € [net] {gross} @home"),
    messageOf("Long €. ".repeat(60)),
    messageOf("Žluťoučký 😀".repeat(20)),
  ];
  for (const longMessages of METHODS) {
    for (const message of texts) {
      const submission = submissionOf(message, formWith({ longMessages }), 0x1234);
      assert.ok("pdus" in submission);
      const read = submission.pdus.map((pdu) => new smpp.PDU(defaultCodec.encode({ ...pdu, sequenceNumber: 1 })));
      const text = read
        .map(({ short_message, message_payload }) => message_payload?.message ?? short_message.message)
        .join("");
      assert.equal(text, message.text, longMessages);
      assert.ok(read.every((pdu) => pdu.command === "submit_sm" && pdu.user_message_reference === 4465));
      if (longMessages === "udh8" && read.length > 1)
        assert.equal(read[1]?.short_message.udh?.[0]?.toString("hex"), `000334${byte(read.length).slice(2)}02`);
    }
  }
});

const RECEIPT = {
  source_addr: "385981234567",
  destination_addr: "385911111111",
  esm_class: 4,
  short_message:
    "id:0000ABC0 sub:001 dlvrd:000 submit date:2611221430 done date:2611221431 stat:UNDELIV err:027 text:hi",
};

test("a receipt that npm smpp writes is read, with its optional parameters", () => {
  const peer = new smpp.PDU("deliver_sm", {
    ...RECEIPT,
    receipted_message_id: "0000ABC0",
    message_state: 5,
    network_error_code: Buffer.from([3, 0, 27]),
    user_message_reference: 4465,
    sequence_number: 1,
  });
  const delivery = deliveryOf(defaultCodec.decode(peer.toBuffer()) as PduOf<"deliver_sm">, formWith(), NOW);
  assert.deepEqual(delivery, {
    kind: "receipt",
    rawIds: ["0000ABC0"],
    receipt: {
      carrierMessageId: "ABC0",
      otherIds: ["43968"],
      state: "undeliverable",
      statusId: 9,
      errorId: 27,
      doneAt: NOW - 29 * 60_000,
      destination: "385981234567",
      otherDestination: "385911111111",
      reference: 4465,
    },
  });
});

interface Larvit {
  objToPdu(pdu: object, done: (error: Error | null, octets: Buffer) => void): void;
  smsDlr: (this: object, status: number | boolean) => void;
}
const larvit = larvitUtils as Larvit;

/** The receipt as its server sends it: addresses in the message's order, months from 0. */
function larvitReceipt(status: number | boolean): Promise<PduOf<"deliver_sm">> {
  return new Promise((resolve, reject) => {
    const send = (pdu: object) =>
      larvit.objToPdu({ ...pdu, seqNr: 1 }, (error, octets) =>
        error === null ? resolve(defaultCodec.decode(octets) as PduOf<"deliver_sm">) : reject(error),
      );
    const sms = { smsId: "4f1d", from: "385911111111", to: "385981234567", submitTime: new Date(), session: { send } };
    larvit.smsDlr.call(sms, status);
  });
}

test("a receipt of larvitsmpp is read, although its month is wrong and its addresses are not exchanged", async () => {
  const form = formWith({ receiptPhone: "destination" });
  const now = Date.now();
  for (const [status, state] of [
    [true, "delivered"],
    [5, "undeliverable"],
  ] as const) {
    const delivery = deliveryOf(await larvitReceipt(status), form, now);
    assert.ok(delivery.kind === "receipt");
    const { carrierMessageId, destination, doneAt, state: got } = delivery.receipt;
    assert.deepEqual([carrierMessageId, destination, doneAt, got], ["4F1D", "385981234567", now, state]);
  }
});
