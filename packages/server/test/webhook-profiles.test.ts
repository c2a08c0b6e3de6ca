import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from "node:tls";
import { test, type TestContext } from "node:test";
import { oneSms } from "./harness/api-client.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { ask, subscribe } from "./harness/subscribing.ts";
import {
  TEST_CA,
  TEST_CLIENT_LOCKED_PEM,
  TEST_CLIENT_PEM,
  TEST_SERVER_PEM,
  TEST_STRANGER_PEM,
} from "./harness/test-certificates.ts";
import { startTestServer, type TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

const BASE = "/subscriptions/1";
const POLL_MS = 1_000;
const MINUTE_MS = 60_000;

setDefaultCACertificates([...getCACertificates("default"), TEST_CA]);

const refused = (messageIds: readonly string[]) =>
  oneSms({ destinations: messageIds.map((messageId) => ({ to: "nobody", messageId })) });

async function start(t: TestContext, settings: Record<string, string | number | boolean> = {}) {
  // Within the life of the tests' certificates.
  const clock = new FakeClock(Date.UTC(2030, 0));
  const server = await startTestServer(t, { clock, settings });
  return { clock, server, client: server.client, sink: await WebhookSink.start(t, clock) };
}

function untilFailed(server: TestServer, error: RegExp) {
  return until(`it failed with ${error}`, () => server.webhooks().find(({ lastError }) => error.test(lastError ?? "")));
}

/** RFC 2104 by hand, from the hash function alone. */
function hmacByHand(digest: string, blockSize: number, key: string, data: string): string {
  const block = Buffer.alloc(blockSize);
  const bytes = Buffer.from(key);
  (bytes.length > blockSize ? createHash(digest).update(bytes).digest() : bytes).copy(block);
  const inner = createHash(digest)
    .update(block.map((octet) => octet ^ 0x36))
    .update(data)
    .digest();
  return createHash(digest)
    .update(block.map((octet) => octet ^ 0x5c))
    .update(inner)
    .digest("hex");
}

for (const [algorithm, digest, blockSize] of [
  ["HMAC_SHA_256", "sha256", 64],
  ["HMAC_SHA_512", "sha512", 128],
  ["HMAC_MD5", "md5", 64],
] as const) {
  test(`${algorithm} signs the body as it is sent`, async (t) => {
    const { client, sink } = await start(t);
    const secretKey = "k".repeat(200);
    await subscribe(client, sink.url, {
      profile: { security: { authId: "hmac", type: "HMAC", credentials: { secretKey, algorithm } } },
    });
    await client.send(refused(["signed-ü"]));
    const call = await until("it is told", () => sink.calls[0]);
    assert.equal(call.headers["x-hub-signature"], `${digest}=${hmacByHand(digest, blockSize, secretKey, call.text)}`);
  });
}

test("the header and the format of a signature are settings", async (t) => {
  const { client, sink } = await start(t, {
    "webhooks.signatureHeader": "X-Signed",
    "webhooks.signatureFormat": "base64",
  });
  const credentials = { secretKey: "key", algorithm: "HMAC_SHA_1" };
  await subscribe(client, sink.url, { profile: { security: { authId: "hmac", type: "HMAC", credentials } } });
  await client.send(refused(["signed"]));
  const call = await until("it is told", () => sink.calls[0]);
  const expected = Buffer.from(hmacByHand("sha1", 64, "key", call.text), "hex").toString("base64");
  assert.equal(call.headers["x-signed"], expected);
});

test("a profile's headers go along, and Authorization is that of the security settings", async (t) => {
  const { client, sink } = await start(t);
  const headers = { "X-Important": "yes", Authorization: "mine" };
  const security = { authId: "a", type: "BASIC", credentials: { username: "ü", password: "p:w" } };
  await subscribe(client, sink.url, { profile: { headers, security } });
  await client.send(refused(["m"]));
  const call = await until("it is told", () => sink.calls[0]);
  assert.equal(call.headers["x-important"], "yes");
  assert.equal(call.headers.authorization, `Basic ${Buffer.from("ü:p:w").toString("base64")}`);
});

/** A token server on loopback: what it was asked, and what it answers. */
async function startTokens(t: TestContext) {
  const asked: { text: string; headers: IncomingMessage["headers"] }[] = [];
  const tokens = { asked, expiresIn: 3600 as number | undefined, url: "", location: null as string | null };
  const server = createHttpServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      asked.push({ text, headers: request.headers });
      if (tokens.location !== null) return response.writeHead(307, { location: tokens.location }).end();
      const { expiresIn } = tokens;
      return response.end(JSON.stringify({ access_token: `t${asked.length}`, expires_in: expiresIn }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  tokens.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return tokens;
}

const oauth = (tokenUrl: string, more: object = {}) => ({
  security: {
    authId: "oauth",
    type: "OAUTH",
    credentials: {
      tokenUrl,
      grantType: "client_credentials",
      clientId: "id",
      clientSecret: "s&t",
      scope: "a b",
      ...more,
    },
  },
});

test("an OAuth token is fetched once, used until it ends, and then fetched anew", async (t) => {
  const { client, sink, clock } = await start(t);
  const tokens = await startTokens(t);
  await subscribe(client, sink.url, { profile: oauth(tokens.url, { headers: { "X-Token": "yes" } }) });
  for (const index of [1, 2]) {
    await client.send(refused([`m${index}`]));
    await until("it is told", () => sink.calls.length === index);
  }
  clock.set(clock.now() + 3600_000);
  await client.send(refused(["m3"]));
  await until("it is told", () => sink.calls.length === 3);
  assert.deepEqual(
    sink.calls.map(({ headers }) => headers.authorization),
    ["Bearer t1", "Bearer t1", "Bearer t2"],
  );
  assert.equal(tokens.asked[0]?.text, "grant_type=client_credentials&client_id=id&client_secret=s%26t&scope=a+b");
  assert.equal(tokens.asked[0]?.headers["x-token"], "yes");
});

test("a token that the receiver does not take any more is fetched anew, once a call", async (t) => {
  const { client, sink, server } = await start(t);
  const tokens = await startTokens(t);
  await subscribe(client, sink.url, { profile: oauth(tokens.url) });
  sink.behave = ({ headers }) => (headers.authorization === "Bearer t1" ? 401 : 200);
  await client.send(refused(["refreshed"]));
  await until("it is told", () => server.webhooks().some(({ deliveredAt }) => deliveredAt !== null));
  assert.deepEqual(server.webhooks()[0]?.attempts, 1);
  sink.behave = () => 401;
  await client.send(refused(["never"]));
  await untilFailed(server, /401/);
  assert.equal(sink.calls.length, 4);
});

test("token URLs on private networks are refused, and a token server's redirect is not followed", async (t) => {
  const { client, server, sink } = await start(t);
  const tokens = await startTokens(t);
  tokens.location = `${tokens.url}?again`;
  await subscribe(client, sink.url, { profile: oauth(tokens.url) });
  await client.send(refused(["redirected"]));
  await untilFailed(server, /token server answered HTTP 307/);
  assert.equal(tokens.asked.length, 1);
  assert.equal(sink.calls.length, 0);

  const strict = await start(t, { "webhooks.allowPrivateTargets": "never" });
  await subscribe(strict.client, "http://203.0.113.1/", { profile: oauth(tokens.url) });
  await strict.client.send(refused(["private-token"]));
  await untilFailed(strict.server, /private network/);
  assert.equal(tokens.asked.length, 1);
});

test("a profile's URL on a private network is refused where those are not allowed, also in the certificate's test", async (t) => {
  const { client, server, sink } = await start(t, { "webhooks.allowPrivateTargets": "never" });
  await subscribe(client, sink.url);
  await client.send(refused(["private"]));
  await untilFailed(server, /private network/);
  await upload(client, "mine", TEST_CLIENT_PEM);
  const json = { certificateId: "mine", webhookUrl: "https://127.0.0.1:1/" };
  const tested = await ask(client, "POST", `${BASE}/certificates/test/webhook`, json);
  assert.equal(tested.result, "FAIL");
  assert.match(tested.failReasons[0], /private network/);
  assert.equal(sink.calls.length, 0);
});

test("an answer counts as success only where the profile's patterns say so", async (t) => {
  const { client, server, sink } = await start(t);
  await subscribe(client, sink.url, { profile: { responseRegex: "^200$", responseBodyRegex: '"ok":true' } });
  const bodies = ["no", '{"ok":true}'];
  sink.behaviour = (response, { reports }) =>
    void response.writeHead(reports[0]?.messageId === "created" ? 201 : 200).end(bodies.shift() ?? '{"ok":true}');
  await client.send(refused(["said-no"]));
  await untilFailed(server, /responseBodyRegex does not match/);
  await client.send(refused(["said-ok"]));
  await until("it is told", () => server.webhooks().some(({ deliveredAt }) => deliveredAt !== null));
  await client.send(refused(["created"]));
  await untilFailed(server, /responseRegex does not match/);
});

test("a pattern that would take years fails its own webhook and nobody else's", async (t) => {
  const { client, server, sink } = await start(t);
  await subscribe(client, `${sink.url}/slow`, { id: "slow", profile: { responseBodyRegex: "^(a+)+$" } });
  await subscribe(client, `${sink.url}/fast`, { id: "fast" });
  sink.behaviour = (response) => void response.end(`${"a".repeat(50)}!`);
  await client.send(refused(["m"]));
  await untilFailed(server, /took too long/);
  await until("the other is told", () => server.webhooks().some(({ deliveredAt }) => deliveredAt !== null));
});

test("a URL or a secret that is put right heals what waits", async (t) => {
  const { client, server, sink, clock } = await start(t);
  sink.behave = ({ path, headers }) => (path === "/reports/right" && headers.authorization !== undefined ? 200 : 404);
  await subscribe(client, `${sink.url}/wrong`, { profile: { security: { authId: "none", type: "CUSTOM" } } });
  await client.send(refused(["waits"]));
  await untilFailed(server, /404/);
  await ask(client, "PUT", `${BASE}/profiles/main`, { webhook: { notifyUrl: `${sink.url}/right` } });
  const basic = { type: "BASIC", credentials: { username: "u", password: "p" } };
  await ask(client, "PUT", `${BASE}/security/none`, basic);
  clock.set(clock.now() + MINUTE_MS);
  const isDelivered = () => server.webhooks().every(({ deliveredAt }) => deliveredAt !== null);
  await until("it is told", isDelivered, () => clock.advanceAndSettle(POLL_MS));
  assert.deepEqual(
    sink.calls.map(({ path }) => path),
    ["/reports/wrong", "/reports/right"],
  );
});

test("a subscription that is deleted still gets what was born for it", async (t) => {
  const { client, server, sink, clock } = await start(t);
  await subscribe(client, sink.url);
  sink.behaviour = 500;
  await client.send(refused(["born"]));
  await untilFailed(server, /500/);
  await ask(client, "DELETE", `${BASE}/subscription/SMS/main`);
  sink.behaviour = 200;
  clock.set(clock.now() + MINUTE_MS);
  const isDelivered = () => server.webhooks().every(({ deliveredAt }) => deliveredAt !== null);
  await until("it is told", isDelivered, () => clock.advanceAndSettle(POLL_MS));
});

test("a profile's bucket and its requests a second hold", async (t) => {
  const { client, sink, clock } = await start(t);
  await subscribe(client, sink.url, { profile: { maxBucketSize: 2, rateLimit: 2, windowSize: 20 } });
  await client.send(refused(Array.from({ length: 12 }, (_, index) => `m${index}`)));
  await until(
    "all are told",
    () => sink.reports.length === 12,
    () => clock.advanceAndSettle(50),
  );
  assert.ok(sink.calls.every(({ reports }) => reports.length === 2));
  const times = sink.calls.map(({ at }) => at);
  // Two a second: six calls are two and a half seconds apart at least.
  assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) >= 2400, times.join());
  assert.equal(new Set(sink.reports.map(({ messageId }) => messageId)).size, 12);
});

async function upload(client: TestServer["client"], certificateId: string, pem: string, passphrase?: string) {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const json = {
    certificateId,
    certificateContent: base64(pem),
    ...(passphrase && { passphrase: base64(passphrase) }),
  };
  return ask(client, "POST", `${BASE}/certificates`, json);
}

/** Takes nobody without a certificate of the tests' authority. */
async function startMutualTls(t: TestContext) {
  const calls: { subject: string; protocol: string | null; method: string }[] = [];
  const options = {
    key: TEST_SERVER_PEM,
    cert: TEST_SERVER_PEM,
    ca: TEST_CA,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = createTlsServer(options, (request, response) => {
    const socket = request.socket as TLSSocket;
    const { subject } = socket.getPeerCertificate();
    calls.push({ subject: String(subject?.CN), protocol: socket.getProtocol(), method: request.method ?? "" });
    request.resume().on("end", () => response.end());
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { calls, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test("a client certificate is presented, with the protocols that the profile enables", async (t) => {
  const { client, server } = await start(t);
  const receiver = await startMutualTls(t);
  assert.deepEqual(await upload(client, "mine", TEST_CLIENT_LOCKED_PEM, "secret-1"), {
    certificateId: "mine",
    status: "READY",
  });
  for (const version of ["TLSv1.2", "TLSv1.3"]) {
    const profile = { clientCertificateId: "mine", enabledSSLProtocols: [version] };
    await subscribe(client, receiver.url, { id: version.replace(".", "_"), profile });
  }
  await client.send(refused(["m"]));
  await until("both are told", () => server.webhooks().filter(({ deliveredAt }) => deliveredAt !== null).length === 2);
  assert.deepEqual(receiver.calls.map(({ subject, protocol }) => `${subject} ${protocol}`).toSorted(), [
    "client TLSv1.2",
    "client TLSv1.3",
  ]);
});

test("without the certificate that its receiver demands a webhook fails, and one that is not there sends nothing", async (t) => {
  const { client, server } = await start(t);
  const receiver = await startMutualTls(t);
  await subscribe(client, receiver.url, { id: "bare" });
  await subscribe(client, receiver.url, { id: "missing", profile: { clientCertificateId: "nobody" } });
  await client.send(refused(["m"]));
  await untilFailed(server, /client certificate nobody is not there/);
  await untilFailed(server, /socket|closed|certificate.required|ECONNRESET|alert/i);
  assert.equal(receiver.calls.length, 0);
});

test("the certificate's test connects and sends no event", async (t) => {
  const { client } = await start(t);
  const receiver = await startMutualTls(t);
  await upload(client, "mine", TEST_CLIENT_PEM);
  await upload(client, "stranger", TEST_STRANGER_PEM);
  const tested = (certificateId: string) =>
    ask(client, "POST", `${BASE}/certificates/test/webhook`, { certificateId, webhookUrl: receiver.url });
  assert.deepEqual(await tested("mine"), { certificateId: "mine", webhookUrl: receiver.url, result: "SUCCESS" });
  assert.deepEqual(
    receiver.calls.map(({ method, subject }) => `${method} ${subject}`),
    ["HEAD client"],
  );
  assert.equal((await tested("stranger")).result, "FAIL");
  assert.equal(receiver.calls.length, 1);
});

test("a certificate shows who it is, and neither its key nor its passphrase", async (t) => {
  const { client, clock } = await start(t);
  await upload(client, "mine", TEST_CLIENT_LOCKED_PEM, "secret-1");
  const details = await client.call("GET", `${BASE}/certificates/mine`);
  assert.equal(details.body.issuedBy, "CN=Test CA,O=Posthorn tests");
  assert.equal(details.body.issuedTo, "CN=client,O=Posthorn tests");
  assert.equal(details.body.certificateStatus, "READY");
  assert.match(details.body.serialNumber, /^\d+$/);
  assert.ok(details.body.validUntil > Date.UTC(2100, 0));
  assert.doesNotMatch(details.text, /KEY|secret-1/);
  await upload(client, "another", TEST_STRANGER_PEM);
  const statuses = async () => (await ask(client, "GET", `${BASE}/certificates/status?direction=DESC`)).results;
  assert.deepEqual(await statuses(), [
    { certificateId: "mine", status: "READY" },
    { certificateId: "another", status: "READY" },
  ]);
  clock.set(Date.UTC(2200, 0));
  assert.deepEqual(await ask(client, "GET", `${BASE}/certificates/status/mine`), {
    certificateId: "mine",
    status: "EXPIRED",
  });
  assert.equal((await ask(client, "GET", `${BASE}/certificates?search=nobody`)).paging.totalResults, 0);
});

test("a certificate with a wrong passphrase, another's key or no key is refused; one in use stays", async (t) => {
  const { client } = await start(t);
  const [key = ""] = TEST_STRANGER_PEM.split("-----BEGIN CERTIFICATE");
  const anothers = key + TEST_CLIENT_PEM.slice(TEST_CLIENT_PEM.indexOf("-----BEGIN CERTIFICATE"));
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  for (const [pem, passphrase] of [
    [TEST_CLIENT_LOCKED_PEM, "wrong"],
    [anothers, undefined],
    [TEST_CA, undefined],
    ["nothing", undefined],
  ] as const) {
    const json = {
      certificateId: "bad",
      certificateContent: base64(pem),
      ...(passphrase && { passphrase: base64(passphrase) }),
    };
    assert.equal((await client.call("POST", `${BASE}/certificates`, { json })).status, 400);
  }
  await upload(client, "mine", TEST_CLIENT_PEM);
  await ask(client, "POST", `${BASE}/profiles`, { profileId: "p", clientCertificateId: "mine" });
  assert.equal((await client.call("DELETE", `${BASE}/certificates/mine`)).status, 400);
  await ask(client, "DELETE", `${BASE}/profiles/p`);
  await ask(client, "DELETE", `${BASE}/certificates/mine`);
});
