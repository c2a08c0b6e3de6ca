import assert from "node:assert/strict";
import { test } from "node:test";
import { formWith, readCarrier } from "../../test/harness/smpp-forms.ts";

test("an entry of three members and a password is whole: everything else has a default", () => {
  const { entry, problems } = readCarrier({});
  assert.deepEqual(problems, []);
  assert.deepEqual(entry, {
    type: "smpp",
    host: "smsc.example",
    port: 2775,
    systemId: "posthorn",
    password: { env: "SMPP_PASSWORD" },
    systemType: "",
    addressRange: "",
    bindAs: "transceiver",
    links: 1,
    windowSize: 10,
    throughputPerSecond: 0,
    connectTimeoutMs: 10_000,
    bindTimeoutMs: 10_000,
    responseTimeoutMs: 30_000,
    enquireLinkIntervalMs: 30_000,
    reconnectMinMs: 1000,
    reconnectMaxMs: 15_000,
    uncertain: "hold",
    canQuery: false,
    serviceType: "",
    esmClassMode: 0,
    protocolId: 0,
    priority: 0,
    registeredDelivery: "final",
    validity: "relative",
    destinationTon: 1,
    destinationNpi: 1,
    alphabet0: "gsm7",
    flash: "dataCoding",
    longMessages: "udh8",
    nationalTables: false,
    userMessageReference: true,
    receiptTimeZone: "+00:00",
    receiptPhone: "auto",
    isReceiptKnownByText: false,
  });
});

test("tls is a switch, or a mapping that is one", () => {
  const tlsOf = (tls: unknown) => readCarrier({ tls }).entry?.tls;
  assert.equal(tlsOf(undefined), undefined);
  assert.deepEqual(tlsOf(true), { enabled: true, isVerified: true });
  assert.deepEqual(tlsOf(false), { enabled: false, isVerified: true });
  assert.deepEqual(tlsOf({ ca: "ca.pem", serverName: "smsc" }), {
    enabled: true,
    isVerified: true,
    ca: "ca.pem",
    serverName: "smsc",
  });
  assert.deepEqual(readCarrier({ tls: { cert: "a.pem", key: "a.key", isVerified: false } }).problems, []);
});

const REFUSALS: readonly (readonly [members: Record<string, unknown>, problem: RegExp])[] = [
  [{ host: undefined }, /^c: host is missing$/],
  [{ host: "tcp://smsc" }, /^c\.host: expected text: a host's name or address/],
  [{ hots: "smsc" }, /^c\.hots: unknown member; did you mean host\?$/],
  [{ port: 0 }, /^c\.port: expected an integer from 1/],
  [{ systemId: undefined }, /^c: systemId is missing$/],
  [{ systemId: "x".repeat(16) }, /^c\.systemId: expected text: 1 to 15/],
  [{ password: undefined }, /^c: password is missing$/],
  [
    { password: "hunter2" },
    /^c\.password: expected a mapping of env, file; the secret itself never stands here: write \{env: NAME\} or \{file: PATH\}$/,
  ],
  [{ password: {} }, /^c\.password: expected either env or file$/],
  [{ password: { env: "A", file: "b" } }, /^c\.password: expected either env or file$/],
  [{ password: { env: "not a name" } }, /^c\.password\.env: expected text: the name of an environment variable[^"]*$/],
  [{ tls: "yes" }, /^c\.tls: expected a mapping/],
  [{ tls: { cert: "a.pem" } }, /^c\.tls: cert and key come together$/],
  [{ channels: ["WHATSAPP"] }, /^c\.channels\.0: expected one of SMS/],
  [{ bindAs: "receiver" }, /^c\.bindAs: expected one of transceiver, transmitter-and-receiver/],
  [{ links: 65 }, /^c\.links: expected an integer from 1 to 64/],
  [{ windowSize: 1001 }, /^c\.windowSize: expected an integer from 1 to 1000/],
  [{ reconnectMinMs: 5000, reconnectMaxMs: 1000 }, /^c\.reconnectMinMs: 5000 is more than reconnectMaxMs \(1000\)/],
  [{ serviceType: "toolong" }, /^c\.serviceType: expected text: up to 5/],
  [{ esmClassMode: 4 }, /^c\.esmClassMode: expected an integer from 0 to 3/],
  [{ senders: [{ as: "x" }] }, /^c\.senders\.0: match is missing$/],
  [{ senders: [{ match: "*", as: "Šop" }] }, /^c\.senders\.0\.as: expected text: 1 to 20 characters of Latin-1/],
  [{ senders: [{ match: "*", ton: 8 }] }, /^c\.senders\.0\.ton: expected an integer from 0 to 7/],
  [{ alphabet0: "utf8" }, /^c\.alphabet0: expected one of gsm7, gsm7packed, latin1, ascii/],
  [{ tlvs: [{ hex: "00" }] }, /^c\.tlvs\.0: tag is missing$/],
  [{ tlvs: [{ tag: 0x1400 }] }, /^c\.tlvs\.0: expected one of hex, text and integer$/],
  [{ tlvs: [{ tag: 0x1400, hex: "00", text: "a" }] }, /^c\.tlvs\.0: expected one of hex, text and integer$/],
  [{ tlvs: [{ tag: 0x1400, hex: "0" }] }, /^c\.tlvs\.0\.hex: expected text: pairs of hexadecimal digits/],
  [{ tlvs: [{ tag: 0x1400, integer: 256 }] }, /^c\.tlvs\.0: 256 does not fit 1 octet$/],
  [
    { errors: [{ commandStatus: "RTROTTLED", as: "temporary" }] },
    /^c\.errors\.0\.commandStatus: expected text: a command_status/,
  ],
  [{ errors: [{ commandStatus: 8 }] }, /^c\.errors\.0: as is missing$/],
  [{ errors: [{ commandStatus: 8, as: "temporary", statusId: 4 }] }, /^c\.errors\.0: statusId means something only/],
  [{ errors: [{ commandStatus: 8, as: "permanent", statusId: 5 }] }, /^c\.errors\.0: 5 is no status of group/],
  [{ errors: [{ commandStatus: 8, as: "permanent", errorId: 3 }] }, /^c\.errors\.0: 3 is no error of Infobip's$/],
  [{ receiptErrors: [{ err: 1 }] }, /^c\.receiptErrors\.0: errorId is missing$/],
  [{ receiptErrors: [{ err: 1, errorId: 7001 }] }, /^c\.receiptErrors\.0\.errorId: expected an integer from 0 to 6999/],
  [{ receiptErrors: [{ err: 1, errorId: 3 }] }, /^c\.receiptErrors\.0: 3 is no error of Infobip's$/],
  [{ messageIds: { receipts: "octal" } }, /^c\.messageIds\.receipts: expected one of auto, raw, hex, decimal/],
  [{ receiptTimeZone: "CET" }, /^c\.receiptTimeZone: expected text: \+hh:mm or -hh:mm/],
  [{ inboundNumbers: { unknownTon: "national" } }, /^c\.inboundNumbers: unknownTon: national needs a countryCode$/],
];

test("everything wrong in an entry is refused by the name of its member, and never shows a secret", () => {
  for (const [members, expected] of REFUSALS) {
    const { problems } = readCarrier(members);
    assert.equal(problems.length, 1, JSON.stringify([members, problems]));
    assert.match(problems[0] ?? "", expected);
    assert.ok(!problems[0]?.includes("hunter2"));
  }
});

test("a list may be its only value, and numbers may be written as YAML reads them", () => {
  const form = formWith({
    senders: { match: 12345, as: 385911111111 },
    receiptErrors: { err: 12, errorId: 6 },
    receiptTimeZone: "-03:30",
    inboundNumbers: { unknownTon: "national", countryCode: 385 },
  });
  assert.equal(form.senders[0]?.as, "385911111111");
  assert.equal(form.receiptErrors.get("12"), 6);
  assert.equal(form.receiptOffsetMinutes, -210);
  assert.deepEqual(form.inboundNumbers, { unknownTon: "national", countryCode: "385" });
});
