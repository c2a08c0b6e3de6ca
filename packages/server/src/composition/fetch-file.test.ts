import assert from "node:assert/strict";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { TEST_CA, TEST_SERVER_PEM } from "../../test/harness/test-certificates.ts";
import { createFileFetcher } from "./fetch-file.ts";

setDefaultCACertificates([...getCACertificates("default"), TEST_CA]);

const asked: string[] = [];
const answer: RequestListener = ({ url = "" }, response) => {
  asked.push(url);
  if (url === "/file") response.end("octets");
  else if (url === "/moved") response.writeHead(302, { location: "/file" }).end();
  else if (url === "/empty") response.end();
  else if (url === "/trickle") response.writeHead(200).write("begun");
  else if (url !== "/silent") response.writeHead(404).end("no");
};

async function listen(server: Server, scheme: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const secure = await listen(createServer({ key: TEST_SERVER_PEM, cert: TEST_SERVER_PEM }, answer), "https");
const plain = await listen(createHttpServer(answer), "http");
const LIMITS = { bytesMax: 6 };
const free = createFileFetcher({ timeoutMs: 30_000, allowsPrivateTargets: true });
const guarded = createFileFetcher({ timeoutMs: 30_000, allowsPrivateTargets: false });
const problemOf = async (url: string, fetchFile = free, limits: Parameters<typeof free>[1] = LIMITS) => {
  const file = await fetchFile(url, limits);
  return "problem" in file ? file.problem : file.bytes.toString();
};

test("a file is fetched as far as it may be long", async () => {
  assert.equal(await problemOf(`${secure}/file`), "octets");
  assert.equal(await problemOf(`${secure}/file`, free, { bytesMax: 5 }), "has more than 5 bytes");
});

test("what is no file by HTTPS is named", async () => {
  assert.equal(await problemOf("no url"), "is no URL");
  assert.equal(await problemOf(`${plain}/file`), "must begin with https://");
  assert.equal(await problemOf("file:///etc/passwd"), "must begin with https://");
  assert.equal(await problemOf(secure.replace("//", "//me:secret@")), "must not have credentials in it");
  assert.equal(await problemOf(`${secure}/gone`), "could not be fetched: HTTP 404");
  assert.equal(await problemOf(`${secure}/empty`), "is empty");
});

test("a redirect is not followed: it would lead past every check of the address", async () => {
  asked.length = 0;
  assert.equal(await problemOf(`${secure}/moved`), "could not be fetched: HTTP 302");
  assert.deepEqual(asked, ["/moved"]);
});

test("nothing is asked on a private network, by its address or by a name", async () => {
  asked.length = 0;
  assert.match(await problemOf(`${secure}/file`, guarded), /127\.0\.0\.1 is on a private network/);
  assert.match(await problemOf(`${secure.replace("127.0.0.1", "localhost")}/file`, guarded), /private network/);
  assert.match(await problemOf("https://[::1]:1/file", guarded), /private network/);
  assert.deepEqual(asked, []);
});

test("what the configuration names may be anywhere, and nothing beside it", async () => {
  assert.equal(await problemOf(`${plain}/file`, guarded, { ...LIMITS, trustedOrigin: plain }), "octets");
  assert.match(await problemOf(`${secure}/file`, guarded, { ...LIMITS, trustedOrigin: plain }), /private network/);
});

test("a server that says nothing, or never ends, is not waited for", async () => {
  const hasty = createFileFetcher({ timeoutMs: 50, allowsPrivateTargets: true });
  for (const path of ["silent", "trickle"]) {
    assert.equal(await problemOf(`${secure}/${path}`, hasty), "could not be fetched within 50 ms");
  }
});
