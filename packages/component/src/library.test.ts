import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { DUPLICATE, SMS_INPUT, WHATSAPP_INPUT } from "../test/fake-runtime.ts";
import { isComponentError } from "./core/error.ts";
import { type Clock, type Infobip, infobip, type InfobipOptions } from "./library.ts";

const KEY = "0123456789abcdef-key-of-the-test";

interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Behaviour = (response: ServerResponse, request: Recorded) => void;

interface Stage {
  readonly client: Infobip;
  readonly requests: Recorded[];
  readonly sleepsMs: number[];
  /** Ends the attempt that runs now, as its timer would. */
  timeOut(): void;
}

/** A real server that records each request and then behaves as told, and a client whose clock only the test moves. */
async function stage(t: TestContext, behaviours: readonly Behaviour[], options: InfobipOptions = {}): Promise<Stage> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const recorded = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(recorded);
      behaviours[Math.min(requests.length, behaviours.length) - 1]?.(response, recorded);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const sleepsMs: number[] = [];
  let nowMs = 0;
  let current = new AbortController();
  const clock: Clock = {
    now: () => nowMs,
    async sleep(delayMs) {
      sleepsMs.push(delayMs);
      nowMs += delayMs;
    },
    startTimeout() {
      current = new AbortController();
      return { signal: current.signal, stop: () => {} };
    },
  };
  const { port } = server.address() as AddressInfo;
  const client = infobip({ key: KEY, baseUrl: `http://127.0.0.1:${port}/` }, { clock, random: () => 0.5, ...options });
  return { client, requests, sleepsMs, timeOut: () => current.abort() };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/** Accepts what it has not seen, rejects what it has: the way Infobip treats messageIds. */
function acceptOnce(): Behaviour & { sentCount(): number } {
  const seen = new Set<string>();
  const behaviour: Behaviour = (response, { body }) => {
    const messages = idsOf(body).map((messageId) => {
      const status = seen.has(messageId)
        ? DUPLICATE
        : { groupId: 1, groupName: "PENDING", id: 26, name: "PENDING_ACCEPTED" };
      seen.add(messageId);
      return { messageId, status };
    });
    json(200, { bulkId: "b", messages })(response, { method: "", url: "", headers: {}, body });
  };
  return Object.assign(behaviour, { sentCount: () => seen.size });
}

function idsOf(body: string): string[] {
  const { messages } = JSON.parse(body) as { messages: { destinations: { messageId: string }[] }[] };
  return messages.flatMap(({ destinations }) => destinations.map(({ messageId }) => messageId));
}

test("sends with the key in Infobip's form, to the base URL's root", async (t) => {
  const { client, requests } = await stage(t, [acceptOnce()]);
  const output = await client.sendSMS(SMS_INPUT);
  assert.deepEqual(
    output.messages.map(({ status }) => status?.id),
    [26, 26],
  );
  const [request] = requests;
  assert.deepEqual([request?.method, request?.url], ["POST", "/sms/3/messages"]);
  assert.equal(request?.headers.authorization, `App ${KEY}`);
  assert.equal(request?.headers["content-type"], "application/json");
  assert.match(request?.headers["user-agent"] ?? "", /^posthorn-component\/1$/);
});

test("sends WhatsApp text", async (t) => {
  const { client, requests } = await stage(t, [
    json(200, { to: "385000000001", messageCount: 1, messageId: "a", status: { id: 7 } }),
  ]);
  assert.equal((await client.sendWhatsappTextMessage(WHATSAPP_INPUT)).status?.id, 7);
  assert.equal(requests[0]?.url, "/whatsapp/1/message/text");
});

test("over a dropped, a reset, a cut and a 503 answer, each after the server took the messages, nothing is sent twice", async (t) => {
  const carrier = acceptOnce();
  const taken =
    (then: Behaviour): Behaviour =>
    (response, request) => {
      const quiet = { writeHead: () => quiet, end: () => quiet } as unknown as ServerResponse;
      carrier(quiet, request);
      then(response, request);
    };
  const { client, requests, sleepsMs } = await stage(t, [
    taken((response) => void response.socket?.destroy()),
    taken((response) => void response.socket?.resetAndDestroy()),
    taken((response) => {
      response.writeHead(200, { "content-length": "1000" }).write('{"bulkId":');
      response.socket?.end();
    }),
    taken(json(503, { errorCode: "E503" })),
    carrier,
  ]);
  const output = await client.sendSMS(SMS_INPUT);
  assert.equal(requests.length, 5);
  for (const { body } of requests) assert.equal(body, requests[0]?.body);
  assert.equal(carrier.sentCount(), 2);
  assert.deepEqual(
    output.messages.map(({ status }) => status?.name),
    ["PENDING_ACCEPTED", "PENDING_ACCEPTED"],
  );
  assert.deepEqual(sleepsMs, [250, 500, 1000, 2000]);
});

test("an attempt that gets no answer in its time is repeated with the same ids", async (t) => {
  const carrier = acceptOnce();
  const silent: Behaviour = () => setup.timeOut();
  const setup = await stage(t, [silent, carrier]);
  await setup.client.sendSMS(SMS_INPUT);
  assert.equal(setup.requests.length, 2);
  assert.equal(setup.requests[1]?.body, setup.requests[0]?.body);
});

test("a body that stops half-way is a timeout too", async (t) => {
  const half: Behaviour = (response) => {
    response.writeHead(200, { "content-type": "application/json" }).write('{"messages":', () => setup.timeOut());
  };
  const setup = await stage(t, [half], { attemptsMax: 1 });
  await assert.rejects(setup.client.sendSMS(SMS_INPUT), { code: "TIMEOUT", outcome: "unknown", attempts: 1 });
});

test("two calls with one idempotency key send once; with two keys or none they send twice", async (t) => {
  const carrier = acceptOnce();
  const { client } = await stage(t, [carrier], { random: Math.random });
  const first = await client.sendSMS(SMS_INPUT, { idempotencyKey: "order-1" });
  const again = await client.sendSMS(SMS_INPUT, { idempotencyKey: "order-1" });
  assert.equal(carrier.sentCount(), 2);
  assert.deepEqual(
    again.messages.map(({ messageId }) => messageId),
    first.messages.map(({ messageId }) => messageId),
  );
  assert.deepEqual(
    again.messages.map(({ status }) => status?.id),
    [26, 26],
  );
  await client.sendSMS(SMS_INPUT, { idempotencyKey: "order-2" });
  await client.sendSMS(SMS_INPUT);
  await client.sendSMS(SMS_INPUT);
  assert.equal(carrier.sentCount(), 8);
});

test("never retries a 4xx, and gives both envelopes' codes", async (t) => {
  const legacy = {
    requestError: {
      serviceException: { messageId: "BAD_REQUEST", text: "Bad", validationErrors: { from: ["unknown"] } },
    },
  };
  const { client, requests } = await stage(t, [
    json(400, { errorCode: "E400", description: "Bad", violations: [] }),
    json(400, legacy),
  ]);
  await assert.rejects(client.sendSMS(SMS_INPUT), {
    code: "REJECTED",
    infobipCode: "E400",
    httpStatus: 400,
    attempts: 1,
  });
  await assert.rejects(client.sendWhatsappTextMessage(WHATSAPP_INPUT), {
    infobipCode: "BAD_REQUEST",
    violations: [{ property: "from", violation: "unknown" }],
  });
  assert.equal(requests.length, 2);
});

test("honours Retry-After without waiting in truth", async (t) => {
  const { client, sleepsMs } = await stage(t, [json(429, {}, { "retry-after": "60" }), acceptOnce()]);
  await client.sendSMS(SMS_INPUT);
  assert.deepEqual(sleepsMs, [60_000]);
});

test("follows no redirect, so the key goes nowhere else", async (t) => {
  const { client, requests } = await stage(t, [json(302, {}, { location: "/elsewhere" })]);
  await assert.rejects(client.sendSMS(SMS_INPUT), { code: "BAD_RESPONSE", httpStatus: 302 });
  assert.equal(requests.length, 1);
});

test("ends when the caller aborts, also between attempts", async (t) => {
  const controller = new AbortController();
  const { client } = await stage(t, [() => controller.abort()]);
  await assert.rejects(client.sendSMS(SMS_INPUT, { signal: controller.signal }), {
    code: "ABORTED",
    outcome: "unknown",
  });
  await assert.rejects(client.sendSMS(SMS_INPUT, { signal: controller.signal }), {
    code: "ABORTED",
    outcome: "not-sent",
  });
});

test("stops reading an answer that grows beyond its limit", async (t) => {
  const megabyte = " ".repeat(1024 * 1024);
  const endless: Behaviour = (response) => {
    response.writeHead(200);
    const more = (): void => void (response.destroyed || response.write(megabyte, more));
    more();
  };
  const { client, requests } = await stage(t, [endless]);
  await assert.rejects(client.sendSMS(SMS_INPUT), { code: "BAD_RESPONSE", outcome: "unknown" });
  assert.equal(requests.length, 1);
});

test("tests a connection: balance, a refused key, a key without the scope, something else, nothing there", async (t) => {
  const { client, requests } = await stage(
    t,
    [
      json(200, { balance: 47.8, currency: "EUR" }),
      json(401, { requestError: { serviceException: { messageId: "UNAUTHORIZED", text: "Unauthorized" } } }),
      json(403, {}),
      json(404, {}),
      (response) => void response.end("<html>"),
      (response) => void response.socket?.destroy(),
    ],
    { attemptsMax: 1 },
  );
  assert.deepEqual(await client.testConnection(), { ok: true, balance: 47.8, currency: "EUR" });
  assert.deepEqual([requests[0]?.method, requests[0]?.url, requests[0]?.body], ["GET", "/account/1/balance", ""]);
  const results = [await client.testConnection(), await client.testConnection(), await client.testConnection()];
  results.push(await client.testConnection(), await client.testConnection());
  assert.deepEqual(
    results.map(({ ok }) => ok),
    [false, true, false, false, false],
  );
  assert.match(results[0]?.reason ?? "", /key was refused/);
  assert.match(results[1]?.reason ?? "", /account-management:manage/);
  for (const { reason } of results) assert.ok(reason !== undefined && !reason.includes(KEY));
});

test("refuses a connection that cannot work, naming the property and repeating no value", () => {
  const refused: readonly [unknown, string][] = [
    [{ key: "", baseUrl: "x.example" }, "key"],
    [{ key: `App ${KEY}`, baseUrl: "x.example" }, "key"],
    [{ key: `${KEY}\r\nx: y`, baseUrl: "x.example" }, "key"],
    [{ key: "k".repeat(600), baseUrl: "x.example" }, "key"],
    [{ key: 5, baseUrl: "x.example" }, "key"],
    [{ key: KEY, baseUrl: `https://${KEY}@x.example` }, "baseUrl"],
    [{ key: KEY }, "baseUrl"],
    [undefined, "connection"],
  ];
  for (const [connection, property] of refused) {
    assert.throws(
      () => infobip(connection as never),
      (error) => {
        assert.ok(isComponentError(error));
        assert.deepEqual([error.code, error.violations[0]?.property], ["INVALID_CONNECTION", property]);
        assert.ok(!inspect(error).includes(KEY));
        return true;
      },
    );
  }
});

test("takes a pasted key with white space around it", async () => {
  const requests: (string | null)[] = [];
  const fake = (async (_url: unknown, init: RequestInit) => {
    requests.push(new Headers(init.headers).get("authorization"));
    return new Response(JSON.stringify({ messages: [] }));
  }) as typeof fetch;
  await infobip({ key: ` ${KEY}\n`, baseUrl: "x.example" }, { fetch: fake }).sendSMS(SMS_INPUT);
  assert.deepEqual(requests, [`App ${KEY}`]);
});

test("refuses limits that are no positive integers", () => {
  for (const options of [
    { attemptsMax: 0 },
    { attemptsMax: 1.5 },
    { deadlineMs: -1 },
    { attemptTimeoutMs: Number.POSITIVE_INFINITY },
  ]) {
    assert.throws(() => infobip({ key: KEY, baseUrl: "x.example" }, options), { code: "INVALID_INPUT" });
  }
});

test("keeps the key out of every error, also when the server or fetch repeats it", async (t) => {
  const echo = json(400, {
    errorCode: KEY,
    description: `no ${KEY}`,
    action: KEY,
    violations: [{ property: KEY, violation: KEY }],
  });
  const { client } = await stage(t, [echo]);
  const broken = (async () => {
    throw new TypeError(`bad header App ${KEY}`, { cause: new Error(`${KEY}`) });
  }) as unknown as typeof fetch;
  const other = infobip({ key: KEY, baseUrl: "x.example" }, { fetch: broken, attemptsMax: 1 });
  for (const sender of [client, other]) {
    const error: unknown = await sender.sendSMS(SMS_INPUT).catch((reason: unknown) => reason);
    assert.ok(isComponentError(error));
    assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(KEY));
    assert.ok(!JSON.stringify(error).includes(KEY));
  }
  assert.ok(!inspect(other, { depth: 10, showHidden: true }).includes(KEY));
});

test("the system clock's pause ends early on abort", async () => {
  const controller = new AbortController();
  const failing = (async () => {
    queueMicrotask(() => controller.abort());
    throw new TypeError("fetch failed");
  }) as unknown as typeof fetch;
  const client = infobip({ key: KEY, baseUrl: "x.example" }, { fetch: failing, random: () => 0.999 });
  await assert.rejects(client.sendSMS(SMS_INPUT, { signal: controller.signal }), { code: "ABORTED" });
});
