/** Windows, time, back-pressure and the end of a session; numbers are those of the list of cases. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./harness/fake-clock.ts";
import { boundPair, submit } from "./harness/session-pair.ts";

test("25 unbind with 50 pending: no new ones, the answers are waited for, then unbind leaves", async () => {
  const { session, peer, closed } = await boundPair("ESME", "transceiver", { windowSize: 50 });
  const outcomes = submit(session, 50);
  await settle();
  const unbound = session.unbind();
  await settle();
  assert.equal(session.state, "UNBINDING");
  await assert.rejects(session.send({ command: "submit_sm" }), { code: "SMPP_STATE_INVALID" });
  const submitted = peer.take();
  assert.equal(submitted.length, 50);
  await peer.say(...submitted.map(({ sequenceNumber }) => ({ command: "submit_sm_resp", sequenceNumber }) as const));
  assert.deepEqual(outcomes, Array(50).fill("submit_sm_resp 0"));
  const [unbind] = peer.take();
  assert.equal(unbind?.command, "unbind");
  await peer.say({ command: "unbind_resp", sequenceNumber: unbind?.sequenceNumber ?? 0 });
  await unbound;
  assert.deepEqual(closed, ["unbound"]);
  assert.ok(peer.isEnded);
});

test("25 unbind with 50 pending of the peer: they are answered before unbind_resp", async () => {
  const { session, peer, requests, closed } = await boundPair("SMSC");
  const submits = Array.from(
    { length: 50 },
    (_, index) => ({ command: "submit_sm", sequenceNumber: index + 2 }) as const,
  );
  await peer.say(...submits, { command: "unbind", sequenceNumber: 99 });
  assert.equal(session.state, "UNBINDING");
  assert.deepEqual(peer.heard(), []);
  for (const { answer } of requests) answer();
  await settle();
  const heard = peer.heard();
  assert.equal(heard.length, 51);
  assert.equal(heard.at(-1), "unbind_resp 0 99");
  assert.deepEqual(closed, ["peer-unbound"]);
});

test("an unbind that nobody answers ends after its time, and what is pending is unknown", async () => {
  const { session, peer, clock, closed } = await boundPair("ESME");
  const outcomes = submit(session, 2);
  void session.unbind();
  await clock.advance(5600);
  assert.equal(peer.take().at(-1)?.command, "unbind");
  await clock.advance(5600);
  assert.deepEqual(closed, ["unbound"]);
  assert.deepEqual(outcomes, ["SMPP_OUTCOME_UNKNOWN", "SMPP_OUTCOME_UNKNOWN"]);
});

test("two unbinds that cross each other close both sides", async () => {
  const { session, peer, closed } = await boundPair("ESME");
  void session.unbind();
  await settle();
  await peer.say({ command: "unbind", sequenceNumber: 8 });
  assert.deepEqual(peer.heard(), ["unbind 0 2", "unbind_resp 0 8"]);
  assert.deepEqual(closed, ["peer-unbound"]);
});

test("26 peer closes without unbind: what was sent is unknown, and nothing is left behind", async () => {
  const { session, peer, closed, clock } = await boundPair("ESME");
  const outcomes = submit(session, 2);
  await settle();
  peer.socket.end();
  await settle();
  assert.deepEqual(outcomes, ["SMPP_OUTCOME_UNKNOWN", "SMPP_OUTCOME_UNKNOWN"]);
  assert.deepEqual(closed, ["peer-closed"]);
  assert.equal(session.pendingCount, 0);
  await clock.advance(6000);
  assert.equal(clock.timerCount, 0);
});

test("what had not left when the socket broke was not sent", async () => {
  const { session, socket, closed } = await boundPair("ESME");
  const sent = submit(session, 1);
  await settle();
  const outcomes = submit(session, 1);
  socket.destroy(new Error("reset"));
  await settle();
  assert.deepEqual([...sent, ...outcomes], ["SMPP_OUTCOME_UNKNOWN", "SMPP_STATE_INVALID"]);
  assert.deepEqual(closed, ["socket-error"]);
});

test("a handler's answer after the end does nothing", async () => {
  const { peer, requests, session } = await boundPair("SMSC");
  await peer.say({ command: "submit_sm", sequenceNumber: 2 });
  session.close();
  requests[0]?.answer();
  await settle();
  assert.deepEqual(peer.heard(), []);
});

test("27 half-open TCP: enquire_link finds it within two of its answers' times", async () => {
  const { session, peer, clock, closed } = await boundPair("ESME", "transceiver", { enquireLinkIntervalMs: 30_000 });
  const outcomes = submit(session, 1);
  await clock.advance(29_500);
  assert.ok(!peer.take().some(({ command }) => command === "enquire_link"));
  await clock.advance(1000);
  assert.equal(peer.take().length, 1);
  await clock.advance(11_000);
  assert.equal(peer.take().length, 1);
  assert.equal(session.state, "BOUND_TRX");
  await clock.advance(11_000);
  assert.deepEqual(closed, ["enquire-link-timeout"]);
  assert.deepEqual(outcomes, ["SMPP_OUTCOME_UNKNOWN"]);
});

test("any octets are a sign of life, and a peer that answers enquire_link stays", async () => {
  const { session, peer, clock } = await boundPair("ESME");
  for (let round = 0; round < 5; round += 1) {
    await clock.advance(31_000);
    const [enquiry] = peer.take();
    assert.equal(enquiry?.command, "enquire_link");
    const isOther = round % 2 === 0;
    await peer.say(
      isOther
        ? { command: "enquire_link", sequenceNumber: 5 }
        : { command: "enquire_link_resp", sequenceNumber: enquiry?.sequenceNumber ?? 0 },
    );
    if (isOther) assert.deepEqual(peer.heard(), ["enquire_link_resp 0 5"]);
  }
  assert.equal(session.state, "BOUND_TRX");
  assert.equal(session.counters.unexpectedResponses, 0);
});

test("a peer that is silent is closed after the inactivity time, where there is one", async () => {
  const { clock, closed } = await boundPair("SMSC", "transceiver", {
    enquireLinkIntervalMs: 0,
    inactivityTimeoutMs: 20_000,
  });
  await clock.advance(19_000);
  assert.deepEqual(closed, []);
  await clock.advance(2000);
  assert.deepEqual(closed, ["inactive"]);
});

test("28 peer acks TCP but never answers: the response timer frees the window, and nothing leaks", async () => {
  const { session, peer, clock } = await boundPair("ESME", "transceiver", {
    windowSize: 2,
    responseTimeoutMs: 10_000,
    enquireLinkIntervalMs: 0,
  });
  const outcomes = submit(session, 2);
  await settle();
  const [first] = peer.take();
  await clock.advance(9900);
  assert.deepEqual(outcomes, []);
  await clock.advance(700);
  assert.deepEqual(outcomes, ["SMPP_OUTCOME_UNKNOWN", "SMPP_OUTCOME_UNKNOWN"]);
  assert.deepEqual([session.pendingCount, session.freeCount, session.counters.timeouts], [0, 2, 2]);
  await peer.say({ command: "submit_sm_resp", sequenceNumber: first?.sequenceNumber ?? 0 });
  assert.equal(outcomes.length, 2);
  assert.equal(session.counters.unexpectedResponses, 1);
});

test("33 enquire_link flood: all are answered, and a peer that does not read them is not read", async () => {
  const { peer, session } = await boundPair("SMSC");
  const flood = Array.from(
    { length: 20_000 },
    (_, index) => ({ command: "enquire_link", sequenceNumber: index }) as const,
  );
  peer.socket.pause();
  await peer.say(...flood);
  assert.ok(session.isReadingStopped);
  assert.ok(session.counters.pdusRead < 20_000);
  peer.socket.resume();
  for (let turn = 0; turn < 200 && peer.received.length < 20_000; turn += 1) await settle();
  assert.equal(peer.received.length, 20_000);
});

test("35 window full for 60 s then frees: requests are refused with SMPP_BUSY, and onReady tells when not", async () => {
  const pair = await boundPair("ESME", "transceiver", {
    windowSize: 3,
    responseTimeoutMs: 120_000,
    enquireLinkIntervalMs: 0,
  });
  const { session, peer, clock } = pair;
  const outcomes = submit(session, 3);
  assert.equal(session.freeCount, 0);
  await assert.rejects(session.send({ command: "submit_sm" }), { code: "SMPP_BUSY" });
  await clock.advance(60_000);
  assert.equal(pair.readyCount, 0);
  const submitted = peer.take();
  assert.equal(submitted.length, 3);
  await peer.say(...submitted.map(({ sequenceNumber }) => ({ command: "submit_sm_resp", sequenceNumber }) as const));
  assert.equal(outcomes.length, 3);
  assert.equal(pair.readyCount, 1);
  assert.equal(session.freeCount, 3);
});

test("41 client that submits and never reads responses: its socket fills, it is not read, then it is closed", async () => {
  const { session, socket, peer, clock, closed } = await boundPair(
    "SMSC",
    "transceiver",
    { inboundWindowSize: 1000 },
    {
      onRequest: (_request, answer) => answer({ messageId: "x".repeat(60) }),
    },
  );
  peer.socket.pause();
  const submits = Array.from(
    { length: 3000 },
    (_, index) => ({ command: "submit_sm", sequenceNumber: index + 2 }) as const,
  );
  await peer.say(...submits);
  assert.equal(session.isSocketFull, true);
  assert.equal(socket.isPaused(), true);
  const { pdusRead } = session.counters;
  assert.ok(pdusRead < 3000);
  await clock.advance(29_000);
  assert.equal(session.counters.pdusRead, pdusRead);
  assert.deepEqual(closed, []);
  await clock.advance(3000);
  assert.deepEqual(closed, ["write-timeout"]);
});

test("while as many requests wait as may wait, nothing is read; each answer lets one more in", async () => {
  const { peer, requests, session, socket, clock } = await boundPair("SMSC", "transceiver", { inboundWindowSize: 5 });
  const submits = Array.from(
    { length: 12 },
    (_, index) => ({ command: "submit_sm", sequenceNumber: index + 2 }) as const,
  );
  await peer.say(...submits);
  assert.equal(requests.length, 5);
  assert.equal(socket.isPaused(), true);
  requests[0]?.answer();
  await settle();
  assert.equal(requests.length, 6);
  await clock.advance(120_000);
  assert.equal(session.state, "BOUND_TRX");
  for (let index = 1; index < 12; index += 1) requests[index]?.answer();
  await settle();
  assert.equal(requests.length, 12);
  assert.equal(socket.isPaused(), false);
  assert.equal(peer.take().filter(({ command }) => command === "submit_sm_resp").length, 12);
});

test("a full socket refuses requests, and its draining is told", async () => {
  const pair = await boundPair("ESME", "transceiver", { windowSize: 1000 });
  pair.peer.socket.pause();
  let sent = 0;
  for (; pair.session.freeCount > 0; sent += 1) {
    pair.session.request({ command: "submit_sm", shortMessage: Buffer.alloc(254) }, () => {});
  }
  assert.ok(sent < 1000);
  await settle();
  assert.equal(pair.session.isSocketFull, true);
  assert.equal(pair.session.freeCount, 0);
  await assert.rejects(pair.session.send({ command: "submit_sm" }), { code: "SMPP_BUSY" });
  pair.peer.socket.resume();
  for (let turn = 0; turn < 50 && pair.readyCount === 0; turn += 1) await settle();
  assert.equal(pair.readyCount, 1);
  assert.equal(pair.session.freeCount, 1000 - sent);
});

test("a caller that throws costs no other one its answer", async () => {
  const { session, peer, faults } = await boundPair("ESME");
  session.request({ command: "submit_sm" }, () => {
    throw new Error("broken");
  });
  const outcomes = submit(session, 1);
  await settle();
  await peer.say(...peer.take().map(({ sequenceNumber }) => ({ command: "submit_sm_resp", sequenceNumber }) as const));
  assert.deepEqual(outcomes, ["submit_sm_resp 0"]);
  assert.equal(faults.length, 1);
});
