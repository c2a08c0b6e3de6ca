import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S, parseTime, type Pdu, type PduInputOf, type Settle, SmppError } from "@posthorn/smpp";
import { FakeClock, settle as settled } from "../../../test/harness/fake-clock.ts";
import { formWith } from "../../../test/harness/smpp-forms.ts";
import type { OutboundMessage } from "../../store/store.ts";
import type { SubmitResult } from "../carrier.ts";
import { verdictOfStatus } from "./answers.ts";
import { SubmissionWriter } from "./submission.ts";
import { type LateAnswer, type OutletSession, Submitter, type SubmitterOptions } from "./submitter.ts";

const TICK_MS = 250;
const NO_ERRORS = new Map();

/** A session of which the test gives the answers. */
class FakeSession implements OutletSession {
  readonly windowSize: number;
  state: OutletSession["state"] = "BOUND_TRX";
  /** Every submit_sm, as the messageId that it is of and which part. */
  readonly sent: string[] = [];
  readonly pending = new Map<
    number,
    { readonly text: string; readonly settle: (error: SmppError | null, response: Pdu | null) => void }
  >();
  #lastNumber = 0;

  constructor(windowSize = 10) {
    this.windowSize = windowSize;
  }

  get freeCount(): number {
    return this.state === "CLOSED" ? 0 : this.windowSize - this.pending.size;
  }

  request<Subject>(pdu: SubmitSm, settle: Settle<Subject>, subject: Subject): number {
    if (this.freeCount === 0) throw new SmppError("SMPP_BUSY", "The window is full");
    const { shortMessage = Buffer.alloc(0) } = pdu as PduInputOf<"submit_sm">;
    const text = Buffer.from(shortMessage).toString("latin1");
    this.#lastNumber += 1;
    this.sent.push(text);
    this.pending.set(this.#lastNumber, { text, settle: (error, response) => settle(error, response, subject) });
    return this.#lastNumber;
  }

  /** Answers what was sent as `text`, the oldest first. */
  answer(text: string, commandStatus: number = S.ROK, messageId = `id-${text}`) {
    const [sequenceNumber, found] = [...this.pending].find(([, pending]) => pending.text === text) ?? [];
    assert.ok(found !== undefined && sequenceNumber !== undefined, `${text} is not pending`);
    this.pending.delete(sequenceNumber);
    found.settle(null, answerTo(sequenceNumber, commandStatus, messageId));
  }

  answerAll(commandStatus: number = S.ROK) {
    for (const { text } of this.pending.values()) this.answer(text, commandStatus);
  }

  /** @returns its sequence number */
  giveUp(text: string): number {
    const [sequenceNumber, found] = [...this.pending].find(([, pending]) => pending.text === text) ?? [];
    assert.ok(found !== undefined && sequenceNumber !== undefined, `${text} is not pending`);
    this.pending.delete(sequenceNumber);
    found.settle(new SmppError("SMPP_OUTCOME_UNKNOWN", "No answer in time"), null);
    return sequenceNumber;
  }

  /** The session ends; what `hasLeft` says no to was not written. */
  end(hasLeft: (text: string) => boolean) {
    this.state = "CLOSED";
    const all = [...this.pending.values()];
    this.pending.clear();
    for (const { text, settle } of all) {
      settle(new SmppError(hasLeft(text) ? "SMPP_OUTCOME_UNKNOWN" : "SMPP_STATE_INVALID", "The session ended"), null);
    }
  }
}

type SubmitSm = Parameters<OutletSession["request"]>[0];

function answerTo(sequenceNumber: number, commandStatus: number, messageId: string): Pdu {
  return { command: "submit_sm_resp", commandStatus, sequenceNumber, messageId, tlvs: [] };
}

let lastSeq = 0;
function messageOf(messageId: string, destination: string, partCount = 1): OutboundMessage {
  lastSeq += 1;
  return {
    seq: lastSeq,
    accountId: 1,
    attempts: 1,
    messageId,
    channel: "SMS",
    sender: "Shop",
    destination,
    text: messageId,
    encoding: "GSM7",
    partCount,
    options: null,
    expiresAt: 0,
    possibleDuplicate: false,
  };
}

function partsOf({ text, partCount }: OutboundMessage) {
  const pdus = Array.from(
    { length: partCount },
    (_, index): PduInputOf<"submit_sm"> => ({
      command: "submit_sm",
      shortMessage: Buffer.from(partCount === 1 ? text : `${text}.${index + 1}`),
    }),
  );
  return { pdus };
}

function start(options: Partial<SubmitterOptions> = {}) {
  const clock = new FakeClock();
  const results = new Map<string, SubmitResult>();
  const late: LateAnswer[] = [];
  const faults: number[] = [];
  const submitter = new Submitter({
    partsOf,
    verdictOf: (commandStatus, attempts) => verdictOfStatus(commandStatus, NO_ERRORS, attempts),
    idOf: (messageId) => messageId,
    needsSpelling: false,
    clock,
    tickMs: TICK_MS,
    throughputPerSecond: 0,
    patienceMs: 30_000,
    unboundPatienceMs: 5_000,
    onRoom: () => undefined,
    onThrottled: () => undefined,
    onBindFault: (_session, commandStatus) => faults.push(commandStatus),
    onUnwritable: () => undefined,
    onLateAnswers: (answers) => late.push(...answers),
    ...options,
  });
  const submit = (...messages: readonly OutboundMessage[]) => {
    for (const message of messages) {
      submitter.submit(message, ({ messageId }, result) => {
        assert.ok(!results.has(messageId), `${messageId} is settled once`);
        results.set(messageId, result);
      });
    }
    return settled();
  };
  /** Lets time go by, with its ticks. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      await clock.advanceAndSettle(TICK_MS);
      submitter.tick();
      await settled();
    }
  };
  const open = async (session = new FakeSession()) => {
    submitter.opened(session);
    await settled();
    return session;
  };
  return { submitter, clock, results, late, faults, submit, pass, open, outcome: (id: string) => results.get(id) };
}

test("where the carrier can be asked, results say how it writes the ids that are kept otherwise", async () => {
  const idOf = (messageId: string) => messageId.replace(/^0+/, "").toUpperCase();
  for (const needsSpelling of [true, false]) {
    const { submit, open, outcome } = start({ idOf, needsSpelling });
    const session = await open();
    await submit(messageOf("padded", "1"), messageOf("plain", "2"), messageOf("parts", "3", 2));
    session.answer("padded", S.ROK, "00aB");
    session.answer("plain", S.ROK, "7C");
    session.answer("parts.1", S.ROK, "8");
    await settled();
    session.answer("parts.2", S.ROK, "08f");
    const spelled = (...spelledIds: readonly string[]) => (needsSpelling ? { spelledIds } : {});
    const taken = { outcome: "submitted" } as const;
    assert.deepEqual(outcome("padded"), { ...taken, carrierMessageId: "AB", ...spelled("00aB") });
    assert.deepEqual(outcome("plain"), { ...taken, carrierMessageId: "7C" });
    const parts = { ...taken, carrierMessageId: "8", partIds: ["8", "8F"] };
    assert.deepEqual(outcome("parts"), { ...parts, ...spelled("8", "08f") });
  }
});

test("messages fill the windows of all links, and no window more than it holds", async () => {
  const { submit, open } = start();
  const first = await open(new FakeSession(3));
  const second = await open(new FakeSession(2));
  await submit(...Array.from({ length: 8 }, (_, index) => messageOf(`m${index}`, `1${index}`)));
  assert.deepEqual([first.pending.size, second.pending.size], [3, 2]);
  second.answerAll();
  await settled();
  assert.deepEqual([first.pending.size, second.pending.size], [3, 2]);
  assert.deepEqual([...first.sent, ...second.sent].toSorted(), ["m0", "m1", "m2", "m3", "m4", "m5", "m6"]);
});

test("messages to one phone leave one after the other, over several links and through refusals for too much", async () => {
  const { submit, open, pass, outcome } = start();
  const links = [await open(new FakeSession(4)), await open(new FakeSession(4))];
  await submit(messageOf("a1", "1"), messageOf("a2", "1"), messageOf("a3", "1"), messageOf("b", "2"));
  const sent = () => links.flatMap((link) => link.sent.filter((text) => text.startsWith("a")));
  const answer = async (text: string, commandStatus: number = S.ROK) => {
    links
      .find((link) => [...link.pending.values()].some((pending) => pending.text === text))
      ?.answer(text, commandStatus);
    await pass(2_000);
  };
  assert.deepEqual(sent(), ["a1"]);
  await answer("a1", S.RTHROTTLED);
  assert.deepEqual(sent(), ["a1", "a1"], "the same again, and not the next");
  await answer("a1");
  assert.deepEqual(sent().slice(2), ["a2"]);
  await answer("a2", S.RINVDSTADR);
  await answer("a3");
  assert.equal(outcome("a1")?.outcome, "submitted");
  assert.equal(outcome("a2")?.outcome, "permanent");
  assert.equal(outcome("a3")?.outcome, "submitted");
});

test("what had not left when its session ended goes to another link, in its order; what had left is uncertain", async () => {
  const { submit, submitter, open, outcome, results } = start();
  const first = await open();
  await submit(messageOf("m1", "1"), messageOf("m2", "2"), messageOf("m3", "3"), messageOf("m4", "3"));
  first.end((text) => text === "m1");
  submitter.closed(first);
  assert.equal(outcome("m1")?.outcome, "uncertain");
  assert.equal(results.size, 1);
  const second = await open();
  assert.deepEqual(second.sent, ["m2", "m3"]);
  second.answerAll();
  await settled();
  second.answerAll();
  assert.deepEqual(outcome("m4"), { outcome: "submitted", carrierMessageId: "id-m4" });
});

test("while no link comes back messages wait a little, and then go back as if they had never been here", async () => {
  const { submit, submitter, open, pass, outcome, results } = start();
  const session = await open();
  await submit(messageOf("m1", "1"), messageOf("m2", "1"));
  session.end(() => false);
  submitter.closed(session);
  assert.equal(submitter.capacity(), 0);
  await pass(4_750);
  assert.equal(results.size, 0);
  await pass(500);
  for (const id of ["m1", "m2"]) {
    const result = outcome(id);
    assert.ok(result?.outcome === "temporary" && result.isUnsent === true, id);
  }
});

test("parts leave one after the other on one link, and the result has the ids of all", async () => {
  const { submit, open, outcome } = start();
  const first = await open();
  const second = await open();
  await submit(messageOf("long", "1", 3));
  const link = first.sent.length > 0 ? first : second;
  for (const text of ["long.1", "long.2", "long.3"]) {
    assert.equal(link.sent.at(-1), text);
    assert.equal(link.pending.size, 1);
    link.answer(text);
    await settled();
  }
  assert.equal(first.sent.length + second.sent.length, 3);
  assert.deepEqual(outcome("long"), {
    outcome: "submitted",
    carrierMessageId: "id-long.1",
    partIds: ["id-long.1", "id-long.2", "id-long.3"],
  });
});

test("a part that is too much is repeated alone, and one that is refused ends its message", async () => {
  const { submit, open, pass, outcome } = start();
  const session = await open();
  await submit(messageOf("a", "1", 2), messageOf("b", "2", 3));
  session.answer("a.1");
  session.answer("b.1");
  await settled();
  session.answer("a.2", S.RTHROTTLED);
  session.answer("b.2", S.RINVSRCADR);
  await pass(3_000);
  session.answer("a.2");
  await settled();
  assert.deepEqual(session.sent, ["a.1", "b.1", "a.2", "b.2", "a.2"]);
  assert.equal(outcome("a")?.outcome, "submitted");
  assert.equal(outcome("b")?.outcome, "permanent");
});

test("a link that is lost between two parts leaves the other parts to the next one", async () => {
  const { submit, submitter, open, outcome } = start();
  const first = await open();
  await submit(messageOf("long", "1", 2));
  first.answer("long.1");
  await settled();
  first.end(() => false);
  submitter.closed(first);
  const second = await open();
  assert.deepEqual(second.sent, ["long.2"]);
  second.answer("long.2");
  assert.equal(outcome("long")?.outcome, "submitted");
});

test("an answer that comes too late is told, as long as its session lives", async () => {
  const { submit, submitter, open, outcome, late } = start();
  const session = await open();
  await submit(messageOf("m1", "1"), messageOf("m2", "2"), messageOf("m3", "3"));
  const [one, two] = [session.giveUp("m1"), session.giveUp("m2")];
  assert.equal(outcome("m1")?.outcome, "uncertain");
  submitter.lateAnswer(session, answerTo(one, S.ROK, "late"));
  submitter.lateAnswer(session, answerTo(one, S.ROK, "twice"));
  submitter.lateAnswer(session, answerTo(two, S.RINVDSTADR, ""));
  submitter.lateAnswer(session, answerTo(999, S.ROK, "of nobody"));
  assert.deepEqual(
    late.map(({ message, result }) => [message.messageId, result.outcome]),
    [
      ["m1", "submitted"],
      ["m2", "permanent"],
    ],
  );
});

test("a message of which the first part was given up is uncertain, and a late answer does not make it whole", async () => {
  const { submit, submitter, open, outcome, late } = start();
  const session = await open();
  await submit(messageOf("long", "1", 2));
  submitter.lateAnswer(session, answerTo(session.giveUp("long.1"), S.ROK, "late"));
  assert.equal(outcome("long")?.outcome, "uncertain");
  assert.deepEqual(late, []);
  assert.deepEqual(session.sent, ["long.1"]);
});

test("a message that is too much for longer than the lease allows goes back as throttled", async () => {
  const { submit, open, pass, outcome } = start({ patienceMs: 10_000 });
  const session = await open();
  await submit(messageOf("m1", "1"), messageOf("m2", "1"));
  for (let passed = 0; passed < 12_000; passed += 500) {
    session.answerAll(S.RTHROTTLED);
    await pass(500);
  }
  for (const id of ["m1", "m2"]) {
    const result = outcome(id);
    assert.ok(result?.outcome === "temporary" && result.isThrottled === true, id);
  }
  assert.ok(session.sent.length < 15, `it was asked ${session.sent.length} times`);
});

test("a fault of the bind keeps the message, and is told", async () => {
  const { submit, submitter, open, outcome, faults } = start();
  const first = await open();
  await submit(messageOf("m", "1"));
  first.state = "CLOSED";
  first.answer("m", S.RINVBNDSTS);
  assert.deepEqual(faults, [S.RINVBNDSTS]);
  submitter.closed(first);
  const second = await open();
  second.answer("m");
  assert.equal(outcome("m")?.outcome, "submitted");
});

test("a message that is repeated is written again: to its own phone, with the validity that is left", async () => {
  const writer = new SubmissionWriter(formWith());
  const sent: string[] = [];
  const { submit, open, pass, clock } = start({
    partsOf: (message) => writer.submissionOf(message, message.seq, clock.now()),
  });
  const session = new (class extends FakeSession {
    override request<Subject>(pdu: SubmitSm, settle: Settle<Subject>, subject: Subject): number {
      const { destinationAddr = "", validityPeriod = "" } = pdu as PduInputOf<"submit_sm">;
      const time = parseTime(validityPeriod);
      sent.push(`${destinationAddr} ${time?.kind === "relative" ? time.seconds : "?"}`);
      return super.request(pdu, settle, subject);
    }
  })();
  await open(session);
  const expiresAt = clock.now() + 60_000;
  for (const [id, destination] of [
    ["a", "1"],
    ["b", "2"],
  ] as const) {
    await submit({ ...messageOf(id, destination), text: "the same", expiresAt });
  }
  session.answer("the same", S.RTHROTTLED);
  session.answer("the same");
  await pass(10_000);
  assert.deepEqual(sent, ["1 60", "2 60", "1 59"]);
});

test("a message of which no PDU can be made is rejected and told, and the others go on", async () => {
  const told: string[] = [];
  const { submit, open, outcome } = start({
    partsOf: (message) => {
      if (message.messageId === "m1") throw new SmppError("SMPP_FIELD_INVALID", "too long");
      return partsOf(message);
    },
    onUnwritable: ({ messageId }) => told.push(messageId),
  });
  const session = await open();
  await submit(messageOf("m1", "1"), messageOf("m2", "1"));
  assert.deepEqual(told, ["m1"]);
  assert.equal(outcome("m1")?.outcome, "permanent");
  assert.deepEqual(session.sent, ["m2"]);
});

test("a carrier that gives no ids still has the message", async () => {
  const { submit, open, outcome } = start();
  const session = await open();
  const message = messageOf("m", "1");
  await submit(message);
  session.answer("m", S.ROK, "");
  assert.deepEqual(outcome("m"), { outcome: "submitted", carrierMessageId: "m/1/1" });
});

test("at the configured throughput each link sends so many in a minute, evenly", async () => {
  const { submit, open, clock, submitter } = start({ throughputPerSecond: 50, patienceMs: 120_000 });
  const links = [await open(new FakeSession(5)), await open(new FakeSession(5))];
  await submit(...Array.from({ length: 8_000 }, (_, index) => messageOf(`m${index}`, `1${index}`)));
  const perSecond: number[] = [];
  let before = 0;
  for (let passed = 0; passed < 60_000; passed += 10) {
    clock.advance(10);
    for (const link of links) link.answerAll();
    if (passed % TICK_MS === 0) submitter.tick();
    await settled();
    if (passed % 1000 !== 990) continue;
    const sent = links.reduce((sum, link) => sum + link.sent.length, 0);
    perSecond.push(sent - before);
    before = sent;
  }
  for (const link of links) assert.ok(Math.abs(link.sent.length - 3_000) <= 60, `${link.sent.length} in a minute`);
  assert.ok(Math.max(...perSecond) <= 106, `${Math.max(...perSecond)} in a second`);
});

test("room grows with what the carrier answers, shrinks with it, and has a limit", async () => {
  const { submit, submitter, open } = start();
  const session = await open(new FakeSession(10));
  assert.equal(submitter.capacity(), 20);
  const answered = async (count: number) => {
    for (let done = 0; done < count; done += 1) {
      await submit(messageOf(`m${lastSeq}`, String(lastSeq)));
      session.answerAll();
    }
    submitter.tick();
  };
  await answered(250);
  assert.equal(submitter.capacity(), 10 + 500);
  for (let tick = 0; tick < 40; tick += 1) submitter.tick();
  assert.equal(submitter.capacity(), 20);
});

test("after the stop nothing leaves, and what waited goes back", async () => {
  const { submit, submitter, open, outcome } = start();
  const session = await open(new FakeSession(1));
  await submit(messageOf("m1", "1"), messageOf("m2", "2"), messageOf("m3", "1"));
  submitter.stop();
  await submit(messageOf("m4", "4"));
  for (const id of ["m2", "m4"]) {
    const result = outcome(id);
    assert.ok(result?.outcome === "temporary" && result.isUnsent === true, id);
  }
  session.answerAll();
  await settled();
  assert.equal(outcome("m1")?.outcome, "submitted");
  submitter.closed(session);
  assert.equal(outcome("m3")?.outcome, "temporary");
  assert.deepEqual(session.sent, ["m1"]);
});
