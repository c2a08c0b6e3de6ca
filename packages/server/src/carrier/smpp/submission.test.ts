import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concatenationOf,
  encodeGsm7,
  ESM_CLASS,
  fillBitsAfter,
  messageContentOf,
  nationalShiftsOf,
  parseTime,
  type PduOf,
  tlvValue,
  unpackSeptets,
} from "@posthorn/smpp";
import fc from "fast-check";
import { randomFromEnvironment } from "../../../test/harness/seed.ts";
import { formWith, messageOf, NOW, onTheWire, submissionOf, submitted } from "../../../test/harness/smpp-forms.ts";
import { decodeParts, type ReceivedContent } from "../../message/decode-text.ts";
import { NATIONAL_ALPHABETS } from "../../message/national/alphabets.ts";
import type { MessageForm } from "./form.ts";
import { SubmissionWriter } from "./submission.ts";

const { seed } = randomFromEnvironment("SMPP_FORMS_SEED");
const hex = (octets: Uint8Array) => Buffer.from(octets).toString("hex");
type SubmitSm = PduOf<"submit_sm">;

/** What a phone would read of it: written apart from the code under test, with the tables of message/. */
function receivedOf(pdu: SubmitSm, { alphabet0 }: MessageForm): ReceivedContent {
  const { body, udh } = messageContentOf(pdu);
  const { singleShift = 0, lockingShift = 0 } = udh === null ? {} : nationalShiftsOf(udh);
  const nationalTables = { ...(singleShift > 0 && { singleShift }), ...(lockingShift > 0 && { lockingShift }) };
  if ([0x08, 0x18].includes(pdu.dataCoding)) return { encoding: "UCS2", octets: body, nationalTables };
  if (alphabet0 === "gsm7packed") {
    const octets = unpackSeptets(body, udh === null ? 0 : fillBitsAfter(udh.headerOctets));
    return { encoding: "GSM7", octets, nationalTables };
  }
  return { encoding: alphabet0 === "gsm7" ? "GSM7" : "LATIN1", octets: body, nationalTables };
}

/** Septets or octets on the air, header included, against what one short message holds. */
function assertFits(pdu: SubmitSm, form: MessageForm) {
  const { body, udh } = messageContentOf(pdu);
  const headerOctets = udh?.headerOctets ?? 0;
  if (tlvValue(pdu.tlvs, "messagePayload") !== undefined) return;
  const { encoding, octets } = receivedOf(pdu, form);
  if (encoding === "UCS2") return assert.ok(headerOctets + body.length <= 140, `${headerOctets} + ${body.length}`);
  // A carrier that takes characters makes septets of them.
  const septets = encoding === "LATIN1" ? encodeGsm7(Buffer.from(octets).toString("latin1")).length : octets.length;
  assert.ok(Math.ceil((headerOctets * 8) / 7) + septets <= 160, `${headerOctets} octets and ${septets} septets`);
}

function assertWholeCharacters(pdu: SubmitSm, form: MessageForm) {
  const { encoding, octets } = receivedOf(pdu, form);
  if (encoding === "GSM7") assert.notEqual(octets.at(-1), 0x1b, "an escape at the end");
  if (encoding !== "UCS2") return;
  const text = decodeParts([receivedOf(pdu, form)]).text;
  assert.ok(text.isWellFormed() && !text.includes("\ufffd"), `half a pair in ${JSON.stringify(text)}`);
}

const LETTERS = {
  gsm7: ["a", "Z", "@", "\n", "é", "Å", "Δ"],
  extension: ["€", "{", "~"],
  turkish: [...(NATIONAL_ALPHABETS.TR.at(-1)?.characters() ?? [])].filter((character) => /[ğışŞİĞç]/.test(character)),
  beyond: ["я", "中", "😀", "👍🏽"],
};
const textOf = (letters: readonly string[]) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 700 });
const arbitraryText = fc.oneof(
  textOf(LETTERS.gsm7),
  textOf([...LETTERS.gsm7, ...LETTERS.extension]),
  textOf(["a", "b", ...LETTERS.turkish]),
  textOf([...LETTERS.gsm7, ...LETTERS.beyond]),
  textOf(["a", ...LETTERS.beyond]),
);
const arbitraryForm = fc.record({
  alphabet0: fc.constantFrom("gsm7", "gsm7packed", "latin1", "ascii"),
  longMessages: fc.constantFrom("udh8", "udh16", "sar", "payload"),
  nationalTables: fc.boolean(),
  flash: fc.constantFrom("dataCoding", "subunit"),
});

test("the letters that the texts are made of are there", () => {
  assert.ok(LETTERS.turkish.length >= 6, LETTERS.turkish.join());
});

test("every text arrives as it is, in every form, and no part is too long or ends inside of a character", () => {
  fc.assert(
    fc.property(
      arbitraryText,
      arbitraryForm,
      fc.constantFrom("AUTODETECT", "TR", undefined),
      fc.nat(0xffff),
      (text, members, languageCode, reference) => {
        const form = formWith(members);
        const textOptions = languageCode === undefined ? {} : { language: { languageCode } as const };
        const message = messageOf(text, { textOptions });
        const pdus = submitted(message, form, reference);
        for (const pdu of pdus) {
          assertFits(pdu, form);
          assertWholeCharacters(pdu, form);
        }
        assert.equal(decodeParts(pdus.map((pdu) => receivedOf(pdu, form))).text, message.text);
        if (pdus.length === 1) return;
        const bits = members.longMessages === "udh8" ? 8 : 16;
        const seen = pdus.map((pdu) => concatenationOf(pdu));
        for (const [index, part] of seen.entries()) {
          assert.equal(part?.reference, reference % 2 ** bits);
          assert.deepEqual([part?.partNumber, part?.partCount], [index + 1, pdus.length]);
        }
      },
    ),
    { seed, numRuns: 500 },
  );
});

test("in the usual form a message has as many parts as it was accepted with", () => {
  const form = formWith({ nationalTables: true });
  fc.assert(
    fc.property(arbitraryText, fc.boolean(), (text, hasLanguage) => {
      const message = messageOf(text, hasLanguage ? { textOptions: { language: { languageCode: "AUTODETECT" } } } : {});
      assert.equal(submitted(message, form).length, message.partCount);
    }),
    { seed, numRuns: 300 },
  );
});

test("whatever was written before, a message is written as if it were the first one", () => {
  const arbitraryMessage = fc.record({
    text: fc.constantFrom("aa", "b", "я", "long ".repeat(50)),
    members: fc.constantFrom({}, { encoding: "BINARY" }),
    sender: fc.constantFrom("Shop", "385981234567", "x".repeat(21)),
    options: fc.constantFrom({}, { flash: true }, { userDataHeader: "0500030a0202" }),
    destination: fc.constantFrom("385981234567", "385911111111", "4915112345678"),
    seq: fc.nat(100_000),
    expiresAt: fc.integer({ min: NOW - 1000, max: NOW + 3_600_000 }),
  });
  const arbitraryKinds = {
    validity: fc.constantFrom("relative", "absolute", "none"),
    userMessageReference: fc.boolean(),
  };
  const step = fc.tuple(arbitraryMessage, fc.nat(5_000));
  const property = fc.property(
    fc.array(step, { minLength: 2, maxLength: 30 }),
    arbitraryForm,
    fc.record(arbitraryKinds),
    (steps, members, kinds) => {
      const form = formWith({ ...members, ...kinds });
      const writer = new SubmissionWriter(form);
      for (const [{ text, members: encoding, ...others }, laterMs] of steps) {
        const message = messageOf(text, { ...others, ...encoding });
        const first = new SubmissionWriter(form).submissionOf(message, 7, NOW + laterMs);
        assert.deepEqual(writer.submissionOf(message, 7, NOW + laterMs), first);
      }
    },
  );
  fc.assert(property, { seed, numRuns: 300 });
});

test("the parts of a longer message are its own, whatever is written after it", () => {
  const writer = new SubmissionWriter(formWith());
  const long = writer.submissionOf(messageOf("long ".repeat(50), { seq: 1 }), 7, NOW);
  assert.ok("pdus" in long && long.pdus.length === 2);
  const before = long.pdus.map((pdu) => onTheWire(pdu));
  for (const seq of [2, 3]) writer.submissionOf(messageOf("long ".repeat(50), { seq, destination: "1" }), 8, NOW);
  for (const seq of [4, 5]) writer.submissionOf(messageOf("short", { seq, destination: "2" }), 9, NOW);
  assert.deepEqual(
    long.pdus.map((pdu) => onTheWire(pdu)),
    before,
  );
});

test("a short text is one submit_sm with every field as the form says", () => {
  const form = formWith({
    serviceType: "CMT",
    esmClassMode: 3,
    protocolId: 0x40,
    priority: 1,
    registeredDelivery: "final-and-intermediate",
    destinationTon: 2,
    destinationNpi: 8,
    tlvs: [
      { tag: 0x1401, text: "T1" },
      { tag: 0x1402, hex: "00ff" },
      { tag: 0x1403, integer: 258, octets: 2 },
    ],
  });
  const [pdu, ...others] = submitted(messageOf("5 € @"), form);
  assert.deepEqual(others, []);
  assert.ok(pdu !== undefined);
  const { shortMessage, tlvs, validityPeriod, ...fields } = pdu;
  assert.deepEqual(fields, {
    command: "submit_sm",
    commandStatus: 0,
    sequenceNumber: 0,
    serviceType: "CMT",
    sourceAddrTon: 5,
    sourceAddrNpi: 0,
    sourceAddr: "Shop",
    destAddrTon: 2,
    destAddrNpi: 8,
    destinationAddr: "385981234567",
    esmClass: 3,
    protocolId: 0x40,
    priorityFlag: 1,
    scheduleDeliveryTime: "",
    registeredDelivery: 0x11,
    replaceIfPresentFlag: 0,
    dataCoding: 0,
    smDefaultMsgId: 0,
  });
  assert.equal(hex(shortMessage), "35201b652000");
  assert.equal(validityPeriod, "000000010000000R");
  assert.deepEqual(
    tlvs.map(({ tag, value }) => [tag, hex(value)]),
    [
      [0x1401, "543100"],
      [0x1402, "00ff"],
      [0x1403, "0102"],
      [0x0204, (70_001 % 65_536).toString(16).padStart(4, "0")],
    ],
  );
});

test("the bits of the reference are those of the method, and each method tells the parts apart in its own way", () => {
  const message = messageOf("x".repeat(161));
  const partsOf = (longMessages: string, reference: number) =>
    submitted(message, formWith({ longMessages }), reference).map((pdu) => {
      const { udh, octets, body } = messageContentOf(pdu);
      const sar = tlvValue(pdu.tlvs, "sarMsgRefNum");
      return [udh === null ? "" : hex(octets.subarray(0, udh.headerOctets)), body.length, sar, pdu.esmClass];
    });
  assert.deepEqual(partsOf("udh8", 0x1234), [
    ["050003340201", 153, undefined, ESM_CLASS.udhi],
    ["050003340202", 8, undefined, ESM_CLASS.udhi],
  ]);
  assert.deepEqual(partsOf("udh16", 0x1234), [
    ["06080412340201", 152, undefined, ESM_CLASS.udhi],
    ["06080412340202", 9, undefined, ESM_CLASS.udhi],
  ]);
  assert.deepEqual(partsOf("sar", 0x1234), [
    ["", 152, 0x1234, 0],
    ["", 9, 0x1234, 0],
  ]);
  const [whole, ...others] = submitted(message, formWith({ longMessages: "payload" }));
  assert.deepEqual(others, []);
  assert.equal(whole?.shortMessage.length, 0);
  assert.equal(tlvValue(whole?.tlvs ?? [], "messagePayload")?.length, 161);
});

test("packed septets begin on a septet's boundary after the header", () => {
  const form = formWith({ alphabet0: "gsm7packed" });
  const [short] = submitted(messageOf("hellohello"), form);
  assert.equal(hex(short?.shortMessage ?? Buffer.alloc(0)), "e8329bfd4697d9ec37");
  const [first] = submitted(messageOf("hello".repeat(33)), form);
  // One fill bit after six octets, so the octets of "hello" are shifted by one.
  assert.equal(hex(first?.shortMessage.subarray(0, 11) ?? Buffer.alloc(0)), "050003070201d06536fb8d");
  assert.equal(first?.shortMessage.length, 140);
});

test("national tables are named in each header where the carrier passes them on, and else the text goes otherwise", () => {
  const text = `${"ş".repeat(100)}€`;
  const message = messageOf(text, { textOptions: { language: { languageCode: "TR" } } });
  assert.deepEqual([message.encoding, message.partCount], ["GSM7", 1]);
  const [named] = submitted(message, formWith({ nationalTables: true }));
  assert.equal(hex(named?.shortMessage.subarray(0, 4) ?? Buffer.alloc(0)), "03250101");
  assert.equal(named?.dataCoding, 0);
  for (const members of [{}, { nationalTables: true, alphabet0: "latin1" }]) {
    const pdus = submitted(message, formWith(members));
    assert.deepEqual(
      pdus.map(({ dataCoding }) => dataCoding),
      [0x08, 0x08],
      JSON.stringify(members),
    );
  }
  const long = messageOf("ş".repeat(200), { textOptions: { language: { languageCode: "TR" } } });
  const whole = (members: Record<string, unknown>) =>
    submitted(long, formWith({ nationalTables: true, ...members })).map(({ dataCoding, esmClass }) => [
      dataCoding,
      esmClass,
    ]);
  assert.deepEqual(whole({}), [
    [0, ESM_CLASS.udhi],
    [0, ESM_CLASS.udhi],
  ]);
  assert.deepEqual(
    whole({ longMessages: "payload" }),
    [[0x08, 0]],
    "a carrier that cuts cannot name tables in each part",
  );
  // Which plain GSM 7 has, too: the tables were to save a part.
  const plain = messageOf("a", { options: { nationalTables: { lockingShift: 1 } } });
  assert.equal(submitted(plain, formWith())[0]?.dataCoding, 0);
  assert.equal(submitted(plain, formWith())[0]?.esmClass, 0);
});

test("what the carrier's alphabet lacks goes as UCS-2", () => {
  const codings = (alphabet0: string, text: string) =>
    submitted(messageOf(text), formWith({ alphabet0 })).map(({ dataCoding, shortMessage }) => [
      dataCoding,
      hex(shortMessage),
    ]);
  assert.deepEqual(codings("latin1", "é{"), [[0, "e97b"]]);
  assert.deepEqual(codings("latin1", "€"), [[8, "20ac"]]);
  assert.deepEqual(codings("ascii", "a{"), [[0, "617b"]]);
  assert.deepEqual(codings("ascii", "é"), [[8, "00e9"]]);
});

test("a flash message is marked by its data coding, or by the subunit", () => {
  const marks = (text: string, flash: string) =>
    submitted(messageOf(text, { options: { flash: true } }), formWith({ flash })).map(({ dataCoding, tlvs }) => [
      dataCoding,
      tlvValue(tlvs, "destAddrSubunit"),
    ]);
  assert.deepEqual(marks("a", "dataCoding"), [[0x10, undefined]]);
  assert.deepEqual(marks("я", "dataCoding"), [[0x18, undefined]]);
  assert.deepEqual(marks("a", "subunit"), [[0x00, 1]]);
  assert.deepEqual(marks("я", "subunit"), [[0x08, 1]]);
});

test("validity is what is left, a time of day, or not told", () => {
  const period = (validity: string, expiresAt: number) =>
    submitted(messageOf("a", { expiresAt }), formWith({ validity }))[0]?.validityPeriod ?? "?";
  assert.deepEqual(parseTime(period("relative", NOW + 90_500)), { kind: "relative", years: 0, months: 0, seconds: 90 });
  assert.deepEqual(parseTime(period("relative", NOW - 5)), { kind: "relative", years: 0, months: 0, seconds: 1 });
  assert.equal(period("relative", NOW + 400 * 86_400_000), "000099235959000R");
  assert.deepEqual(parseTime(period("absolute", NOW + 90_500)), { kind: "absolute", timeMs: NOW + 90_500 });
  assert.equal(period("none", NOW + 1000), "");
});

const refusedAs = (message: ReturnType<typeof messageOf>, members = {}) => {
  const submission = submissionOf(message, formWith(members));
  return "refused" in submission ? [submission.refused.state, submission.refused.statusId] : submission.pdus.length;
};

const binary = (text: string, content?: Readonly<Record<string, unknown>>) =>
  messageOf("", { text, encoding: "BINARY", ...(content === undefined ? {} : { options: { content } }) });

test("binary octets go as they are, with their data coding, and are cut where they are too many", () => {
  const [short] = submitted(binary("0fa1 00 FF", { dataCoding: 4, esmClass: 0 }), formWith());
  assert.deepEqual(
    [hex(short?.shortMessage ?? Buffer.alloc(0)), short?.dataCoding, short?.esmClass],
    ["0fa100ff", 4, 0],
  );
  const octets = Buffer.from(Array.from({ length: 300 }, (_, index) => index & 0xff));
  for (const [longMessages, lengths] of [
    ["udh8", [134, 134, 32]],
    ["udh16", [133, 133, 34]],
    ["sar", [133, 133, 34]],
    ["payload", [300]],
  ] as const) {
    const pdus = submitted(binary(octets.toString("hex"), { dataCoding: 4 }), formWith({ longMessages }));
    const bodies = pdus.map((pdu) => messageContentOf(pdu).body);
    assert.deepEqual(
      bodies.map(({ length }) => length),
      lengths,
      longMessages,
    );
    assert.deepEqual(Buffer.concat(bodies), octets);
  }
});

test("UCS-2 as octets is not cut inside of a surrogate pair, or of a unit", () => {
  const text = `a${"😀".repeat(80)}`;
  const octets = Buffer.from(text, "utf16le").swap16().toString("hex");
  for (const longMessages of ["udh8", "udh16"]) {
    const pdus = submitted(binary(octets, { dataCoding: 8 }), formWith({ longMessages }));
    const texts = pdus.map((pdu) => Buffer.from(messageContentOf(pdu).body).swap16().toString("utf16le"));
    assert.ok(pdus.length > 1 && texts.every((part) => part.isWellFormed()), longMessages);
    assert.equal(texts.join(""), text);
  }
});

test("a header inside binary octets is told by esm_class, and stands in every part when they are cut", () => {
  const ports = "0605040b8423f0";
  const [short] = submitted(binary(`${ports}0102`, { dataCoding: 4, esmClass: 0x40 }), formWith({ esmClassMode: 3 }));
  assert.deepEqual([hex(short?.shortMessage ?? Buffer.alloc(0)), short?.esmClass], [`${ports}0102`, 0x43]);
  const body = Buffer.alloc(200, 0x5a);
  for (const longMessages of ["udh8", "udh16", "sar", "payload"]) {
    const message = binary(ports + body.toString("hex"), { dataCoding: 4, esmClass: 0x40 });
    const pdus = submitted(message, formWith({ longMessages }));
    assert.equal(pdus.length, 2, longMessages);
    for (const pdu of pdus) {
      const { udh, octets } = messageContentOf(pdu);
      assert.ok(octets.length <= 140);
      assert.ok(udh?.elements.some(({ id, data }) => id === 0x05 && hex(data) === "0b8423f0"));
    }
    assert.deepEqual(Buffer.concat(pdus.map((pdu) => messageContentOf(pdu).body)), body);
    assert.deepEqual(
      pdus.map((pdu) => concatenationOf(pdu)?.partNumber),
      [1, 2],
    );
  }
  assert.equal(submitted(binary("00", { esmClass: 0x83 }), formWith())[0]?.esmClass, 0x80, "the reply path only");
});

test("a header that is none, or a part that is too long for one, is refused", () => {
  const invalid = ["rejected", 24];
  assert.deepEqual(refusedAs(binary("09000000", { esmClass: 0x40 })), invalid);
  assert.deepEqual(refusedAs(binary(`0500030702010${"0".repeat(301)}`, { esmClass: 0x40 })), invalid);
  assert.deepEqual(refusedAs(binary(`8b7089${"00".repeat(340)}`, { esmClass: 0x40 })), invalid);
  assert.deepEqual(refusedAs(binary("xyz")), invalid);
  assert.deepEqual(refusedAs(messageOf("a", { options: { userDataHeader: "0500030a0201ff" } })), invalid);
  const long = messageOf("я".repeat(68), { options: { userDataHeader: "0500030a0201" } });
  assert.deepEqual(refusedAs(long), invalid);
});

test("a customer's own part keeps its header, whatever the form does with long messages", () => {
  const userDataHeader = "0500030a0201";
  for (const longMessages of ["udh8", "udh16", "sar", "payload"]) {
    for (const [text, octets, coding] of [
      ["ab€", "61621b65", 0x00],
      ["aя", "0061044f", 0x08],
    ] as const) {
      const [pdu, ...others] = submitted(messageOf(text, { options: { userDataHeader } }), formWith({ longMessages }));
      assert.deepEqual(others, []);
      assert.equal(hex(pdu?.shortMessage ?? Buffer.alloc(0)), userDataHeader + octets);
      assert.deepEqual([pdu?.dataCoding, pdu?.esmClass], [coding, ESM_CLASS.udhi]);
    }
  }
  const packed = submitted(messageOf("hello", { options: { userDataHeader } }), formWith({ alphabet0: "gsm7packed" }));
  assert.equal(hex(packed[0]?.shortMessage ?? Buffer.alloc(0)), `${userDataHeader}d06536fb0d`);
});

test("a customer's own part with national tables is read by them, or goes as UCS-2 where characters are taken", () => {
  const options = { userDataHeader: "0b0003070201250101240101", nationalTables: { lockingShift: 1, singleShift: 1 } };
  const message = messageOf("", { text: "ğş", encoding: "GSM7", options });
  const [septets] = submitted(message, formWith());
  assert.equal(hex(septets?.shortMessage ?? Buffer.alloc(0)), `${options.userDataHeader}0c1d`);
  const [units] = submitted(message, formWith({ alphabet0: "latin1" }));
  assert.equal(hex(units?.shortMessage ?? Buffer.alloc(0)), "050003070201011f015f");
  assert.equal(units?.dataCoding, 8);
});

test("senders are written by their kind, or by the first rule that fits", () => {
  const senders = [
    { match: "Shop*", as: "385911111111" },
    { match: "InfoSMS", ton: 0, npi: 1 },
    { match: 12345, as: "Code", ton: 5 },
    { match: "Shop2", as: "never" },
  ];
  const sourceOf = (sender: string, members = {}) => {
    const [pdu] = submitted(messageOf("a", { sender }), formWith(members));
    return [pdu?.sourceAddr, pdu?.sourceAddrTon, pdu?.sourceAddrNpi];
  };
  assert.deepEqual(sourceOf("Shop"), ["Shop", 5, 0]);
  assert.deepEqual(sourceOf("385981234567"), ["385981234567", 1, 1]);
  assert.deepEqual(sourceOf("+385981234567"), ["385981234567", 1, 1]);
  assert.deepEqual(sourceOf("00385981234567"), ["385981234567", 1, 1]);
  assert.deepEqual(sourceOf("80123"), ["80123", 3, 0]);
  assert.deepEqual(sourceOf("00123"), ["00123", 3, 0]);
  assert.deepEqual(sourceOf(""), ["", 0, 0]);
  assert.deepEqual(sourceOf("Shop2", { senders }), ["385911111111", 1, 1]);
  assert.deepEqual(sourceOf("InfoSMS", { senders }), ["InfoSMS", 0, 1]);
  assert.deepEqual(sourceOf("12345", { senders }), ["Code", 5, 0]);
  assert.deepEqual(sourceOf("Other", { senders }), ["Other", 5, 0]);
});

test("a sender that no address can hold is refused", () => {
  assert.deepEqual(refusedAs(messageOf("a", { sender: "x".repeat(21) })), ["rejected", 11]);
  assert.deepEqual(refusedAs(messageOf("a", { sender: "Šop" })), ["rejected", 11]);
  assert.deepEqual(refusedAs(messageOf("a", { sender: "Šop" }), { senders: [{ match: "Š*", as: "Shop" }] }), 1);
});

test("without user_message_reference and receipts there are none", () => {
  const form = formWith({ userMessageReference: false, registeredDelivery: "none" });
  const [pdu] = submitted(messageOf("a"), form);
  assert.deepEqual([pdu?.tlvs, pdu?.registeredDelivery], [[], 0]);
});
