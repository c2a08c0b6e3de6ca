import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_STATUS as S, type SessionHandlers, SmppError, type SmppSession } from "@posthorn/smpp";
import { FakeClock } from "../../../test/harness/fake-clock.ts";
import { readCarrier } from "../../../test/harness/smpp-forms.ts";
import { seededRandom } from "../../kernel/random.ts";
import { Bind, type BindOptions } from "./bind.ts";

const MINUTE_MS = 60_000;

const refusal = (commandStatus: number) => new SmppError("SMPP_BIND_REFUSED", "refused", { commandStatus });
const noConnection = new SmppError("SMPP_CONNECT_FAILED", "no connection");

const LIMITS = { reconnectMinMs: 1_000, reconnectMaxMs: 60_000 };

/** `attempt` decides about each try, counted from 1. */
function start(
  attempt: (nth: number, handlers: SessionHandlers) => Promise<SmppSession>,
  { reconnectMinMs, reconnectMaxMs }: Pick<BindOptions, "reconnectMinMs" | "reconnectMaxMs"> = LIMITS,
) {
  const clock = new FakeClock();
  const startedAt = clock.now();
  const triedAt: number[] = [];
  let underWay = 0;
  let underWayMax = 0;
  const lost: string[] = [];
  const bind = new Bind({
    role: "transceiver",
    connect: async (_role, handlers) => {
      triedAt.push(clock.now() - startedAt);
      underWay += 1;
      underWayMax = Math.max(underWayMax, underWay);
      try {
        return await attempt(triedAt.length, handlers);
      } finally {
        underWay -= 1;
      }
    },
    handlers: { onRequest: () => undefined },
    clock,
    random: seededRandom(7),
    uptimeMs: () => clock.now() - startedAt,
    reconnectMinMs,
    reconnectMaxMs,
    onBound: () => undefined,
    onLost: (_bind, _session, reason) => lost.push(reason),
    onFailed: () => undefined,
  });
  bind.start();
  const gaps = () => triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0));
  return { bind, clock, triedAt, gaps, lost, underWayMax: () => underWayMax };
}

/** Binds, and lives until the test ends it. */
function boundSession(handlers: SessionHandlers) {
  const session = {
    unbind: async () => handlers.onClose?.("unbound", null, session),
  } as unknown as SmppSession;
  handlers.onBound?.(session);
  return session;
}

test("a carrier that is away for ten minutes is tried further and further apart, one try at a time", async () => {
  const { clock, gaps, triedAt, underWayMax } = start(() => Promise.reject(noConnection));
  await clock.advanceAndSettle(10 * MINUTE_MS);
  assert.ok(triedAt.length > 10 && triedAt.length < 60, `${triedAt.length} tries`);
  assert.equal(underWayMax(), 1);
  assert.ok(gaps().every((gap) => gap >= 1_000 && gap <= 60_000));
  assert.ok(Math.max(...gaps().slice(6)) > 20_000);
  assert.ok(new Set(gaps()).size > gaps().length / 2, "the pauses differ");
});

test("unless it is set otherwise, a carrier that comes back is bound within 15 seconds, however long it was away", async () => {
  const { entry } = readCarrier({});
  assert.ok(entry !== undefined);
  for (let awayMs = 10 * MINUTE_MS; awayMs < 11 * MINUTE_MS; awayMs += 1_000) {
    let isBack = false;
    const { bind, clock } = start(
      async (_nth, handlers) => (isBack ? boundSession(handlers) : Promise.reject(noConnection)),
      entry,
    );
    await clock.advanceAndSettle(awayMs);
    isBack = true;
    await clock.advanceAndSettle(15_000);
    assert.ok(bind.session !== null, `away for ${awayMs} ms`);
    await bind.stop();
  }
});

for (const [name, status] of [
  ["a wrong password", S.RINVPASWD],
  ["an unknown name", S.RINVSYSID],
  ["a kind of bind that is not offered", S.RINVCMDID],
] as const) {
  test(`after ${name} nobody hammers at the carrier`, async () => {
    const { clock, triedAt } = start(() => Promise.reject(refusal(status)));
    await clock.advanceAndSettle(14 * MINUTE_MS);
    assert.equal(triedAt.length, 1);
    await clock.advanceAndSettle(3 * MINUTE_MS);
    assert.equal(triedAt.length, 2);
  });
}

test("whoever asks for it need not wait for the next try, and no second one runs beside it", async () => {
  const { bind, clock, triedAt, underWayMax } = start(() => Promise.reject(refusal(S.RINVPASWD)));
  await clock.advanceAndSettle(MINUTE_MS);
  bind.retry();
  bind.retry();
  await clock.advanceAndSettle(MINUTE_MS);
  assert.deepEqual([triedAt.length, underWayMax()], [2, 1]);
  await clock.advanceAndSettle(20 * MINUTE_MS);
  assert.equal(triedAt.length, 3);
  await bind.stop();
  bind.retry();
  await clock.advanceAndSettle(MINUTE_MS);
  assert.equal(triedAt.length, 3);
});

test("a session that lasted is bound anew within seconds, however often that happens", async () => {
  const sessions: { readonly handlers: SessionHandlers; readonly session: SmppSession }[] = [];
  const { clock, gaps, triedAt, lost } = start(async (_nth, handlers) => {
    const session = boundSession(handlers);
    sessions.push({ handlers, session });
    return session;
  });
  for (let time = 1; time <= 12; time += 1) {
    await clock.advanceAndSettle(2 * MINUTE_MS);
    const last = sessions.at(-1);
    last?.handlers.onClose?.("peer-closed", null, last.session);
    await clock.advanceAndSettle(3_000);
    assert.equal(triedAt.length, time + 1);
  }
  assert.equal(lost.length, 12);
  assert.ok(Math.min(...gaps()) >= 1_000);
});

test("a session that flaps is left alone for longer and longer", async () => {
  const { clock, triedAt } = start(async (_nth, handlers) => {
    const session = boundSession(handlers);
    handlers.onClose?.("peer-closed", null, session);
    return session;
  });
  await clock.advanceAndSettle(10 * MINUTE_MS);
  assert.ok(triedAt.length < 60, `${triedAt.length} tries`);
});

test("after a stop there is no try, and a session that comes then is ended", async () => {
  let unbound = 0;
  const waiting = Promise.withResolvers<void>();
  const { bind, clock, triedAt } = start(async (_nth, handlers) => {
    await waiting.promise;
    const session = boundSession(handlers);
    return Object.assign(session, {
      unbind: async () => {
        unbound += 1;
      },
    });
  });
  await clock.advanceAndSettle(1);
  await bind.stop();
  waiting.resolve();
  await clock.advanceAndSettle(MINUTE_MS);
  assert.deepEqual([triedAt.length, unbound], [1, 1]);
});
