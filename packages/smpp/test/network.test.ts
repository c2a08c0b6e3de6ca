/** Both sides over real sockets. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import type { SmppError } from "../src/errors.ts";
import { connectEsme, type EsmeOptions } from "../src/session/esme.ts";
import type { CloseReason, SessionHandlers } from "../src/session/options.ts";
import { createSmsc, type Smsc, type SmscOptions } from "../src/session/smsc.ts";
import { certificate } from "./harness/certificate.ts";

const HANDLERS: SessionHandlers = {
  onBind: ({ password }) => ({ commandStatus: password === "secret" ? 0 : 0x0e, systemId: "smsc" }),
  onRequest: (request, answer) => answer({ messageId: request.command === "submit_sm" ? request.destinationAddr : "" }),
};

const listen = (options: Partial<SmscOptions> = {}): Promise<Smsc> =>
  createSmsc({ port: 0, onSession: () => HANDLERS, ...options });

const dial = ({ host, port }: { host: string; port: number }, options: Partial<EsmeOptions> = {}) =>
  connectEsme({
    host,
    port,
    bind: { systemId: "esme", password: "secret" },
    handlers: { onRequest: (_request, answer) => answer() },
    ...options,
  });

test("a session carries many messages both ways and ends in good order", async () => {
  const closed: CloseReason[] = [];
  const smsc = await listen({ windowSize: 50 });
  const received: string[] = [];
  const session = await dial(smsc, {
    windowSize: 50,
    handlers: {
      onRequest(request, answer) {
        if (request.command === "deliver_sm") received.push(request.sourceAddr);
        answer();
      },
      onClose: (reason) => closed.push(reason),
    },
  });
  const [server] = smsc.sessions;
  assert.ok(server !== undefined);
  for (let round = 0; round < 20; round += 1) {
    const names = Array.from({ length: 50 }, (_, index) => `${round}-${index}`);
    const submits = names.map((destinationAddr) => session.send({ command: "submit_sm", destinationAddr }));
    await Promise.all(names.map((sourceAddr) => server.send({ command: "deliver_sm", sourceAddr })));
    const submitted = await Promise.all(submits);
    assert.deepEqual(
      submitted.map((response) => response.command === "submit_sm_resp" && response.messageId),
      names,
    );
  }
  assert.equal(received.length, 1000);
  await session.unbind();
  assert.deepEqual(closed, ["unbound"]);
  await smsc.close();
  assert.equal(smsc.sessions.size, 0);
});

test("a refused bind says its status, and no connection says why", async () => {
  const smsc = await listen();
  await assert.rejects(
    dial(smsc, { bind: { systemId: "esme", password: "wrong" } }),
    (error: SmppError) => error.code === "SMPP_BIND_REFUSED" && error.commandStatus === 0x0e,
  );
  await smsc.close();
  await assert.rejects(
    dial(smsc),
    (error: SmppError) => error.code === "SMPP_CONNECT_FAILED" && error.cause instanceof Error,
  );
});

test("an SMSC that closes unbinds its sessions", async () => {
  const smsc = await listen();
  const reasons: CloseReason[] = [];
  await dial(smsc, { handlers: { ...HANDLERS, onClose: (reason) => reasons.push(reason) } });
  await smsc.close();
  assert.deepEqual(reasons, ["peer-unbound"]);
});

test("connections above the limit and from addresses that are not welcome are dropped", async () => {
  const rejected: Error[] = [];
  const smsc = await listen({ sessionsMax: 1, onRejected: (error) => rejected.push(error) });
  const session = await dial(smsc);
  await assert.rejects(dial(smsc));
  assert.equal(rejected.length, 1);
  await session.unbind();
  await smsc.close();
  const closed = await listen({ onSession: () => null });
  await assert.rejects(dial(closed));
  await closed.close();
});

test("5 HTTP on the plain port: it is told generic_nack and closed", async () => {
  const reasons: CloseReason[] = [];
  const smsc = await listen({ onSession: () => ({ ...HANDLERS, onClose: (reason) => reasons.push(reason) }) });
  const socket = connect(smsc.port, smsc.host);
  socket.write("GET / HTTP/1.1\r\n\r\n");
  const answer: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => answer.push(chunk));
  await once(socket, "close");
  assert.equal(Buffer.concat(answer).toString("hex"), "00000010800000000000000200000000");
  assert.deepEqual(reasons, ["frame-invalid"]);
  await smsc.close();
});

test("5 TLS hello on the plain port, 6 plain SMPP on the TLS port: both sides give up, nothing hangs", async () => {
  const plain = await listen();
  await assert.rejects(dial(plain, { tls: { rejectUnauthorized: false } }), { code: "SMPP_CONNECT_FAILED" });
  await plain.close();
  const rejected: Error[] = [];
  const tls = await listen({ tls: certificate(), onRejected: (error) => rejected.push(error) });
  await assert.rejects(dial(tls));
  assert.equal(rejected.length, 1);
  await tls.close();
});

test("over TLS a certificate that nobody vouches for is refused, and a known one is not", async () => {
  const { key, cert } = certificate();
  const smsc = await listen({ tls: { key, cert } });
  await assert.rejects(dial(smsc, { tls: {} }), { code: "SMPP_CONNECT_FAILED" });
  const session = await dial(smsc, { tls: { ca: cert, servername: "localhost" } });
  const response = await session.send({ command: "submit_sm", destinationAddr: "1" });
  assert.ok(response.command === "submit_sm_resp" && response.messageId === "1");
  await session.unbind();
  await smsc.close();
});

test("a bind that is not answered is given up", async () => {
  const silent = createServer((socket) => socket.resume().on("error", () => {}));
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  await assert.rejects(dial({ host: "127.0.0.1", port }, { bindTimeoutMs: 50 }), { code: "SMPP_OUTCOME_UNKNOWN" });
  silent.close();
});
