import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { startSmppCarrierServer, startCarrierSide } from "./harness/smpp-carrier.ts";
import type { TestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";

/** What an operator is told of a carrier that cannot be reached, and what he can do about it. */

async function detailsOf({ client }: TestServer) {
  const { carriers } = (await client.call("GET", "/posthorn/1/carriers")).body as {
    carriers: { details: Record<string, string> }[];
  };
  return carriers[0]?.details ?? {};
}

test("a refused bind is shown, and a reload tries it again at once when the password file was mended", async (t) => {
  const accounts = [{ systemId: "posthorn", password: "mended" }];
  const simulator = await startCarrierSide(t, { accounts });
  const { server, passwordFile } = await startSmppCarrierServer(t, { north: { port: simulator.port, links: 2 } });
  const refused = await until("a bind was refused", async () => (await detailsOf(server))["problem"]);
  assert.equal(refused, "the bind was refused: ESME_RINVPASWD");
  writeFileSync(passwordFile, "mended");
  const { status, body } = await server.client.call("POST", "/posthorn/1/config/reload");
  assert.equal(status, 200, JSON.stringify(body));
  await until("both binds are there", async () => (await detailsOf(server))["bound"] === "2/2");
  assert.equal((await detailsOf(server))["problem"], undefined);
});

test("a carrier that is not there is shown with the reason of the last try", async (t) => {
  const simulator = await startCarrierSide(t);
  const { server } = await startSmppCarrierServer(t, { north: { port: simulator.port } });
  await until("it is bound", async () => (await detailsOf(server))["bound"] === "1/1");
  await simulator.close();
  const problem = await until("a try failed", async () => (await detailsOf(server))["problem"]);
  assert.match(problem, /ECONNREFUSED/);
});
