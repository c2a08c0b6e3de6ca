import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, ApiException, formatDate, OPERATIONS, type Operation } from "@posthorn/contract";
import { type Answer, oneSms } from "./harness/api-client.ts";
import { assertFits, documentOf, type Json, lookUp, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

interface Served {
  readonly file: string;
  readonly operation: Operation;
  /** The names that lead to it in Infobip's document. */
  readonly names: readonly string[];
}

const SERVED = (Object.values(OPERATIONS) as Operation[]).flatMap((operation): Served[] => {
  const { document: file, path, method } = operation;
  return file === null ? [] : [{ file, operation, names: ["paths", path, method.toLowerCase()] }];
});

/** What needs something to be there first is asked in the tests of its area. */
const READY = SERVED.filter(({ operation: { path, method, status } }) => {
  // Both name something that was there before: an association, an uploaded certificate.
  const needsAnother = /\/associations\/single$|\/test\/webhook$/.test(path);
  return !needsAnother && !path.includes("{") && method !== "DELETE" && status === undefined;
});

/** What a query cannot do without. */
const QUERIES: Readonly<Record<string, string>> = {
  "/sms/3/text/query": "?to=41793026727,41793026834&text=Message+text",
  "/sms/1/bulks": "?bulkId=scheduled",
  "/whatsapp/1/senders/quality": "?senders=447796344125,447796344126",
  "/sms/1/bulks/status": "?bulkId=scheduled",
  "/sms/1/text/query": "?username=x&password=x&to=41793026727,41793026834&text=Message+text",
  "/resource-management/1/inbound-message-configurations": "?channel=SMS",
};

/** Where the document has an example of none of its bodies. */
const BODIES: Readonly<Record<string, Json>> = {
  "/resource-management/1/inbound-message-configurations": {
    channel: "SMS",
    number: "41793026727",
    forwarding: { type: "PULL" },
  },
};

const server = await startTestServer(cleanupAfterFile());
const inAnHour = formatDate(Date.now() + 3_600_000);
await server.client.send({ ...oneSms(), options: { schedule: { bulkId: "scheduled", sendAt: inAnHour } } });

/** New ids and dates ahead, so that an example of some years ago can be sent, and again. */
function renewed(value: unknown, count: number): unknown {
  const text = JSON.stringify(value, (name, item: unknown) => {
    if (typeof item !== "string") return item;
    if (name === "sendAt") return new Date(Date.now() + 3_600_000).toISOString().replace("Z", "+0000");
    return name === "messageId" || name === "bulkId" ? `${item}-${count}` : item;
  });
  return JSON.parse(text) as unknown;
}

/** Every property with something in its place that no schema takes. */
function broken(value: Json): Json {
  return Object.fromEntries(Object.keys(value).map((name) => [name, typeof value[name] === "object" ? 7 : { no: 1 }]));
}

function examplesOf({ file, names, operation }: Served): [name: string, value: Json][] {
  const own = BODIES[operation.path];
  if (own !== undefined) return [["ours", own]];
  const media = lookUp(file, [...names, "requestBody", "content", "application/json"])?.value;
  if (media === undefined) return [];
  if (media["example"] !== undefined) return [["example", media["example"] as Json]];
  const examples = Object.keys((media["examples"] ?? {}) as Json);
  return examples.map((name) => {
    const at = [...names, "requestBody", "content", "application/json", "examples", name];
    return [name, lookUp(file, at)?.value["value"] as Json];
  });
}

const responseNames = (served: Served, { status }: Answer) => {
  const responses = lookUp(served.file, [...served.names, "responses"])?.value ?? {};
  // One operation has no 401; what it says at 400 is the same body.
  const said = [String(status), `${Math.floor(status / 100)}XX`].find((name) => name in responses) ?? "400";
  return [...served.names, "responses", said];
};

function assertAnswer(served: Served, answer: Answer, status: number) {
  assert.equal(answer.status, status, answer.text);
  const error = served.operation.envelope === "ApiError" ? ApiError : ApiException;
  const ours = status === 200 ? (served.operation.response ?? error) : error;
  assertFits(answer.body, ours, served.file, responseNames(served, answer));
}

test("every operation that is served is in Infobip's documents, with its scopes", { skip: SKIP }, () => {
  assert.ok(SERVED.length >= 11);
  for (const { file, names, operation } of SERVED) {
    const theirs = lookUp(file, names)?.value;
    assert.equal(theirs?.["operationId"], operation.operationId);
  }
  assert.ok(Object.keys(documentOf("sms")["paths"] as Json).length > 5);
});

let count = 0;
for (const served of READY) {
  const { method, path, body } = served.operation;
  const name = `${method} ${path}`;
  const url = `${path}${method === "POST" ? "" : (QUERIES[path] ?? "")}`;
  const examples: [string, Json | undefined][] =
    SKIP !== false ? [] : body === undefined ? [["no body", undefined]] : examplesOf(served);

  test(`Infobip's examples for ${name} were found`, { skip: SKIP }, () => assert.ok(examples.length > 0));

  for (const [example, value] of examples) {
    count += 1;
    const json = value === undefined ? {} : { json: renewed(value, count) };

    test(`${name} answers Infobip's example (${example}) as documented`, async () => {
      assertAnswer(served, await server.client.call(method, url, json), 200);
    });

    test(`${name} without a key, example (${example}), is refused as documented`, async () => {
      assertAnswer(served, await server.client.call(method, url, { ...json, authorization: null }), 401);
    });

    if (value === undefined) continue;
    test(`${name} with everything wrong in an example (${example}) is refused as documented`, async () => {
      assertAnswer(served, await server.client.call(method, url, { json: broken(value) }), 400);
    });
  }
}
