import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fakeRuntime,
  type FakeRuntime,
  fetchFailed,
  PENDING,
  type Reply,
  SMS_INPUT,
  smsAnswer,
} from "../../test/fake-runtime.ts";
import { type ComponentError, isComponentError } from "./error.ts";
import { RETRY_LIMITS } from "./exchange.ts";
import { BACKOFF_CAP_MS } from "./limits.ts";
import { perform } from "./perform.ts";

const OK = smsAnswer(PENDING, PENDING);
const send = (runtime: FakeRuntime, limits = {}, signal?: AbortSignal) =>
  perform("sendSMS", SMS_INPUT, runtime, { signal }, { ...RETRY_LIMITS, ...limits });

async function failure(runtime: FakeRuntime, limits = {}, signal?: AbortSignal): Promise<ComponentError> {
  const error: unknown = await send(runtime, limits, signal).then(
    () => assert.fail("the call succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(isComponentError(error), String(error));
  return error;
}

const RETRIED: readonly [string, Reply][] = [
  ["408", { status: 408 }],
  ["429", { status: 429 }],
  ["500", { status: 500 }],
  ["502", { status: 502, bodyText: "<html>" }],
  ["503", { status: 503 }],
  ["a connection reset", { error: fetchFailed("ECONNRESET") }],
  ["a refused connection", { error: fetchFailed("ECONNREFUSED") }],
  ["a timeout", { error: Object.assign(new Error("late"), { name: "TimeoutError" }) }],
];
for (const [name, reply] of RETRIED) {
  test(`retries after ${name}`, async () => {
    const runtime = fakeRuntime([reply, reply, OK]);
    await send(runtime);
    assert.equal(runtime.requests.length, 3);
    assert.deepEqual(runtime.requests[2], runtime.requests[0]);
  });
}

for (const status of [301, 400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 423, 451]) {
  test(`never retries ${status}`, async () => {
    const runtime = fakeRuntime([{ status, headers: { "retry-after": "1" } }, OK]);
    assert.equal((await failure(runtime)).attempts, 1);
    assert.equal(runtime.requests.length, 1);
    assert.deepEqual(runtime.sleepsMs, []);
  });
}

test("does not retry a refused certificate, and gives the hint for a server without TLS", async () => {
  const runtime = fakeRuntime([{ error: fetchFailed("ERR_SSL_WRONG_VERSION_NUMBER") }, OK]);
  const error = await failure(runtime);
  assert.deepEqual([error.code, error.isRetryable, error.outcome], ["NETWORK", false, "not-sent"]);
  assert.match(error.message, /http:\/\//);
});

test("stops after attemptsMax and says how often it tried", async () => {
  const runtime = fakeRuntime([{ status: 503 }]);
  const error = await failure(runtime);
  assert.deepEqual(
    [error.code, error.attempts, error.outcome, error.isRetryable],
    ["SERVER_ERROR", 6, "unknown", true],
  );
  assert.equal(runtime.requests.length, 6);
});

test("waits a random part of a doubling, capped interval", async () => {
  for (const [random, expected] of [
    [0, [0, 0, 0, 0, 0]],
    [0.5, [250, 500, 1000, 2000, 4000]],
    [1 - 2 ** -32, [500, 1000, 2000, 4000, 8000]],
  ] as const) {
    const runtime = fakeRuntime([{ status: 503 }], { random: () => random });
    await failure(runtime);
    assert.deepEqual(runtime.sleepsMs, expected);
  }
  const long = fakeRuntime([{ status: 503 }], { random: () => 1 - 2 ** -32 });
  await failure(long, { attemptsMax: 12, deadlineMs: 3_600_000 });
  assert.deepEqual(
    long.sleepsMs.slice(-4),
    Array.from({ length: 4 }, () => BACKOFF_CAP_MS),
  );
});

test("waits at least as long as Retry-After says, in seconds or as a date", async () => {
  const date = new Date(Date.parse("2026-01-01T00:00:00Z") + 27_000).toUTCString();
  const runtime = fakeRuntime([
    { status: 429, headers: { "retry-after": "20" } },
    { status: 503, headers: { "Retry-After": date } },
    { status: 429, headers: { "retry-after": "0" } },
    OK,
  ]);
  await send(runtime);
  assert.deepEqual(runtime.sleepsMs, [20_000, 7000, 1000]);
});

test("stops at once, and says so, when Retry-After would pass the deadline", async () => {
  const body = { errorCode: "E429", description: "Too many", action: "Slow down", violations: [] };
  const runtime = fakeRuntime([{ status: 429, headers: { "retry-after": "300" }, json: body }, OK]);
  const error = await failure(runtime);
  assert.deepEqual(
    [error.code, error.httpStatus, error.infobipCode, error.retryAfterMs],
    ["DEADLINE", 429, "E429", 300_000],
  );
  assert.deepEqual([error.attempts, error.outcome, error.isRetryable], [1, "not-sent", true]);
  assert.match(error.message, /Retry-After of 300000 ms/);
  assert.ok(isComponentError(error.cause) && error.cause.code === "THROTTLED");
  assert.deepEqual(runtime.sleepsMs, []);
});

test("gives each attempt its own time, and the last one no more than the deadline leaves", async () => {
  const late: Reply = { error: Object.assign(new Error("late"), { name: "TimeoutError" }), tookMs: 30_000 };
  const runtime = fakeRuntime([late], { random: () => 0 });
  const error = await failure(runtime, { deadlineMs: 70_000 });
  assert.deepEqual(
    runtime.options.map(({ timeoutMs }) => timeoutMs),
    [30_000, 30_000, 10_000],
  );
  assert.deepEqual([error.code, error.attempts, error.outcome], ["DEADLINE", 3, "unknown"]);
});

test("says that a message may have been sent once any attempt was unclear, even when the last was not", async () => {
  const error = await failure(fakeRuntime([{ error: fetchFailed("ECONNRESET") }, { status: 401 }]));
  assert.deepEqual([error.code, error.attempts, error.outcome], ["UNAUTHORIZED", 2, "unknown"]);
});

test("says that nothing was sent when no attempt reached the server or each was refused", async () => {
  const error = await failure(
    fakeRuntime([{ error: fetchFailed("ENOTFOUND") }, { status: 429 }, { error: fetchFailed("ECONNREFUSED") }]),
  );
  assert.deepEqual([error.code, error.outcome], ["NETWORK", "not-sent"]);
});

test("stops when aborted: before the first attempt, during one, and during a pause", async () => {
  const before = fakeRuntime([OK]);
  const first = await failure(before, {}, AbortSignal.abort());
  assert.deepEqual([first.code, first.attempts, first.outcome, before.requests.length], ["ABORTED", 0, "not-sent", 0]);

  const controller = new AbortController();
  const during = fakeRuntime([], {
    async http() {
      controller.abort();
      throw new Error("aborted");
    },
  });
  const second = await failure(during, {}, controller.signal);
  assert.deepEqual(
    [second.code, second.attempts, second.outcome, second.isRetryable],
    ["ABORTED", 1, "unknown", false],
  );

  const pausing = new AbortController();
  const between = fakeRuntime([{ status: 429 }], {
    async sleep() {
      pausing.abort();
      throw new Error("aborted");
    },
  });
  const third = await failure(between, {}, pausing.signal);
  assert.deepEqual([third.code, third.attempts, third.outcome], ["ABORTED", 1, "not-sent"]);
});

test("tells the log about each retry, without text or numbers", async () => {
  const runtime = fakeRuntime([{ status: 503 }, { error: fetchFailed("ECONNRESET") }, OK]);
  await send(runtime);
  assert.deepEqual(runtime.events, [
    { event: "component.retry", action: "sendSMS", attempt: 1, waitMs: 250, code: "SERVER_ERROR", httpStatus: 503 },
    { event: "component.retry", action: "sendSMS", attempt: 2, waitMs: 500, code: "NETWORK" },
  ]);
});

test("keeps a host's secrets out of the error: neither its cause's request nor an echo of the answer", async () => {
  const cause = Object.assign(new Error("Request with Authorization: App key-secret failed"), {
    code: "ECONNRESET",
    config: { headers: { Authorization: "App key-secret" } },
  });
  const redact = (text: string) => text.replaceAll("key-secret", "***");
  const errors = [
    await failure(fakeRuntime([{ error: cause }])),
    await failure(
      fakeRuntime(
        [
          {
            status: 400,
            json: {
              errorCode: "E400",
              description: "key-secret",
              violations: [{ property: "key-secret", violation: "key-secret" }],
            },
          },
        ],
        { redact },
      ),
    ),
  ];
  for (const error of errors) {
    assert.doesNotMatch(
      `${JSON.stringify(error)} ${error.message} ${error.stack} ${JSON.stringify(error.cause)}`,
      /key-secret/,
    );
  }
});
