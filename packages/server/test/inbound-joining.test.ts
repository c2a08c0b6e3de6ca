/**
 * However a long message comes in, it is put together once and right: any split, order and repetition, in calls of any
 * size, with references of any kind, across a restart. JOIN_SEED repeats it, JOIN_RUNS makes it longer.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CarrierInbound } from "../src/carrier/carrier.ts";
import type { Random } from "../src/kernel/random.ts";
import { ucs2Octets } from "../src/message/decode-text.ts";
import { NATIONAL_ALPHABETS } from "../src/message/national/alphabets.ts";
import { FakeCarrier } from "./harness/fake-carrier.ts";
import { integerBetween, isChosen, oneOf, randomFromEnvironment } from "./harness/seed.ts";
import { createFolder, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

const RUNS = Number(process.env["JOIN_RUNS"] ?? 60);
const RESTARTS = 3;
const { random } = randomFromEnvironment("JOIN_SEED");

const TURKISH = NATIONAL_ALPHABETS.TR[2];

/** Octets of a text, as one of the ways in which phones write. */
interface Written {
  readonly text: string;
  readonly encoding: "GSM7" | "UCS2" | "LATIN1";
  readonly octets: Uint8Array;
  readonly tables: readonly number[];
  /** UCS-2 is cut between octets of one unit by nobody. */
  readonly step: 1 | 2;
}

function write(of: Random): Written {
  const count = integerBetween(of, 20, 300);
  const pick = (characters: string) => {
    const all = Array.from(characters) as [string, ...string[]];
    return Array.from({ length: count }, () => oneOf(of, all)).join("");
  };
  switch (oneOf(of, ["gsm", "turkish", "ucs2", "latin1"])) {
    case "turkish": {
      const text = pick("Iıİşğ çÇ€[x]");
      const octets = Uint8Array.from(Array.from(text).flatMap((character) => [...(TURKISH?.octets(character) ?? [])]));
      return { text, encoding: "GSM7", octets, tables: [0x24, 1, 1, 0x25, 1, 1], step: 1 };
    }
    case "ucs2": {
      const text = pick("ab🐎é漢𝒳");
      return { text, encoding: "UCS2", octets: ucs2Octets(text), tables: [], step: 2 };
    }
    case "latin1": {
      const text = pick("aéß ü");
      return { text, encoding: "LATIN1", octets: new Uint8Array(Buffer.from(text, "latin1")), tables: [], step: 1 };
    }
    default: {
      const text = pick("hello world 123");
      return { text, encoding: "GSM7", octets: new Uint8Array(Buffer.from(text, "latin1")), tables: [], step: 1 };
    }
  }
}

/** Cut anywhere, also between an escape and its character, or within a surrogate pair. */
function cut({ octets, step }: Written, of: Random): Uint8Array[] {
  const units = octets.length / step;
  const count = integerBetween(of, 2, 8);
  const cuts = Array.from({ length: count - 1 }, () => integerBetween(of, 1, units - 1) * step);
  const ends = [...new Set(cuts), octets.length].sort((a, b) => a - b);
  return ends.map((end, index) => octets.subarray(index === 0 ? 0 : ends[index - 1], end));
}

function shuffled<Item>(items: readonly Item[], of: Random): Item[] {
  return items
    .map((item) => ({ item, at: of.float() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

let lastId = 0;

function partsOf(written: Written, sender: string, destination: string, of: Random): CarrierInbound[] {
  const pieces = cut(written, of);
  const kind = oneOf(of, ["udh8", "udh16", "sar"]);
  const reference = integerBetween(of, 0, kind === "udh8" ? 255 : 65_535);
  const hasIds = isChosen(of, 0.5);
  return pieces.map((octets, index) => {
    const [count, number] = [pieces.length, index + 1];
    const concatenation =
      kind === "udh8"
        ? [0x00, 3, reference, count, number]
        : kind === "udh16"
          ? [0x08, 4, reference >> 8, reference & 255, count, number]
          : [];
    lastId += 1;
    return {
      channel: "SMS",
      sender,
      destination,
      content: { encoding: written.encoding, octets },
      udh: Uint8Array.from([...written.tables, ...concatenation]),
      ...(kind === "sar" ? { sar: { reference, number, count } } : {}),
      receivedAt: Date.now(),
      carrierMessageId: hasIds ? `id-${lastId}` : null,
    };
  });
}

test("long messages are put together whole and once, however their parts come", async (t) => {
  const folder = createFolder(t);
  const expected: string[] = [];
  const pieces: CarrierInbound[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const written = write(random);
    // Of one phone there is one message only: two with the same reference could not be told apart.
    const parts = partsOf(written, String(385_980_000_000 + run), "447860000001", random);
    if (parts.length > 1) {
      expected.push(written.text);
      pieces.push(...parts, ...parts.filter(() => isChosen(random, 0.3)));
    }
  }
  const queue = shuffled(pieces, random);
  const calls: CarrierInbound[][] = [];
  while (queue.length > 0) calls.push(queue.splice(0, integerBetween(random, 1, 12)));
  const got: string[] = [];
  for (let life = 0; life <= RESTARTS; life += 1) {
    const carrier = new FakeCarrier({ name: "north" });
    const server = await startTestServer(t, { folder, carriers: [carrier] });
    const share = calls.splice(0, life === RESTARTS ? calls.length : Math.ceil(calls.length / 2));
    // As from several sessions: nobody waits for the other's answer.
    const outcomes = (await Promise.all(share.map((call) => carrier.hand(...call)))).flat();
    assert.ok(!outcomes.includes("refused"));
    const pull = async () => {
      const { body } = await server.client.call("GET", "/sms/1/inbox/reports?limit=1000");
      got.push(...body.results.map(({ text }: { text: string }) => text));
    };
    await pull();
    if (life === RESTARTS) {
      await until("all are put together", async () => {
        await pull();
        return got.length >= expected.length;
      });
      assert.deepEqual(await server.store.dueInboundGroups(Date.now() + 3_600_000, 10), []);
    }
    await server.stop();
  }
  assert.deepEqual(got.toSorted(), expected.toSorted());
});

test("one phone cannot take all the room: at its limit parts are refused, others' are not, and room comes again", async (t) => {
  const carrier = new FakeCarrier({ name: "north" });
  const server = await startTestServer(t, { carriers: [carrier] });
  const flood = (sender: string, reference: number): CarrierInbound => ({
    channel: "SMS",
    sender,
    destination: "447860000001",
    content: { encoding: "GSM7", octets: Uint8Array.of(65) },
    udh: Uint8Array.of(0x08, 4, reference >> 8, reference & 255, 2, 1),
    receivedAt: Date.now(),
    carrierMessageId: null,
  });
  const outcomes = await carrier.hand(
    ...Array.from({ length: 512 }, (_, reference) => flood("385980000001", reference)),
  );
  assert.deepEqual(
    [outcomes.filter((outcome) => outcome === "kept").length, outcomes.slice(-2)],
    [510, ["refused", "refused"]],
  );
  assert.deepEqual(await carrier.hand(flood("385980000002", 1)), ["kept"]);
  await until("the oldest has gone as far as it came", async () => {
    const { body } = await server.client.call("GET", "/sms/1/inbox/reports");
    return body.results.some(({ text }: { text: string }) => text === "A[…]");
  });
  assert.deepEqual(await carrier.hand(flood("385980000001", 511)), ["kept"]);
});
