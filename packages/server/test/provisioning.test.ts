import assert from "node:assert/strict";
import { test } from "node:test";
import type { TSchema } from "typebox";
import {
  Application,
  Entity,
  PageApplication,
  PageEntity,
  PageResourceAssociation,
  ResourceAssociationResponse,
} from "@posthorn/contract";
import { oneSms, violationsOf } from "./harness/api-client.ts";
import { assertFits } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const BASE = "/provisioning/1";
const server = await startTestServer(cleanupAfterFile());
const call = (method: string, path: string, json?: object) =>
  server.client.call(method, BASE + path, json === undefined ? {} : { json });
const status = async (method: string, path: string, json?: object) => (await call(method, path, json)).status;
const fits = (body: unknown, schema: TSchema, path: string) =>
  assertFits(body, schema, "application-entity", ["paths", BASE + path, "get", "responses", "200"]);

const KINDS = [
  { plural: "applications", id: "applicationId", name: "applicationName", one: Application, page: PageApplication },
  { plural: "entities", id: "entityId", name: "entityName", one: Entity, page: PageEntity },
] as const;

for (const { plural, id, name, one, page } of KINDS) {
  const path = `/${plural}`;

  test(`${plural} are made, shown, changed and deleted`, async () => {
    const created = await call("POST", path, { [id]: "a ½/1", [name]: "First" });
    assert.deepEqual([created.status, created.text], [201, ""]);
    const own = `${path}/${encodeURIComponent("a ½/1")}`;
    const shown = (await call("GET", own)).body;
    fits(shown, one, `${path}/{${id}}`);
    assert.deepEqual(shown, { [id]: "a ½/1", [name]: "First" });
    const again = await call("POST", path, { [id]: "a ½/1" });
    assert.deepEqual([again.status, again.body.requestError.serviceException.messageId], [409, "CONFLICT"]);
    const modified = await call("PUT", own, { [name]: "Second" });
    assert.deepEqual([modified.status, modified.text], [204, ""]);
    assert.equal(await status("PUT", own, {}), 204);
    assert.equal((await call("GET", own)).body[name], "Second");
    const deleted = await call("DELETE", own);
    assert.deepEqual([deleted.status, deleted.text], [200, ""]);
    assert.deepEqual(
      [await status("GET", own), await status("PUT", own, {}), await status("DELETE", own)],
      [404, 404, 404],
    );
  });

  test(`${plural} are listed in the order in which they were made, in pages`, async () => {
    for (const value of ["l3", "l1", "l2"]) await call("POST", path, { [id]: value });
    const all = (await call("GET", `${path}?size=1000`)).body;
    fits(all, page, path);
    const ids = all.results.map((row: Record<string, string>) => row[id]);
    assert.deepEqual(ids.slice(-3), ["l3", "l1", "l2"]);
    const second = (await call("GET", `${path}?size=1&page=1`)).body;
    assert.deepEqual(second.results, [all.results[1]]);
    const totalResults = ids.length;
    assert.deepEqual(second.paging, { page: 1, size: 1, totalPages: totalResults, totalResults });
    assert.equal((await call("GET", path)).body.paging.size, 20);
    for (const query of ["page=-1", "size=0", "size=1001"]) assert.equal(await status("GET", `${path}?${query}`), 400);
  });

  test(`${plural} have ids and names of 255 characters`, async () => {
    const long = "x".repeat(255);
    assert.equal(await status("POST", path, { [id]: long, [name]: long }), 201);
    assert.equal(await status("GET", `${path}/${long}`), 200);
    for (const [body, property] of [
      [{ [id]: `${long}x` }, id],
      [{ [id]: "" }, id],
      [{}, id],
      [{ [id]: "ok", [name]: `${long}x` }, name],
    ] as const) {
      const answer = await call("POST", path, body);
      assert.equal(answer.status, 400);
      assert.deepEqual(Object.keys(violationsOf(answer)), [property]);
    }
    assert.equal(await status("PUT", `${path}/${long}`, { [name]: `${long}x` }), 400);
  });
}

test("the default application is there, may be named, and stays", async () => {
  assert.deepEqual((await call("GET", "/applications/default")).body, { applicationId: "default" });
  assert.equal((await call("GET", "/applications?size=1")).body.results[0].applicationId, "default");
  assert.equal(await status("POST", "/applications", { applicationId: "default" }), 409);
  assert.equal(await status("PUT", "/applications/default", { applicationName: "Mine" }), 204);
  assert.equal((await call("GET", "/applications/default")).body.applicationName, "Mine");
  const { results } = (await call("GET", "/applications?size=1000")).body;
  assert.equal(results.filter((row: Application) => row.applicationId === "default").length, 1);
  assert.equal(await status("DELETE", "/applications/default"), 200);
  assert.deepEqual((await call("GET", "/applications/default")).body, { applicationId: "default" });
});

test("an association is made, found, listed and taken away", async () => {
  await call("POST", "/applications", { applicationId: "app" });
  await call("POST", "/entities", { entityId: "ent" });
  const one = { resourceType: "NUMBER", channel: "SMS", applicationId: "app", entityId: "ent", resourceId: "385981" };
  assert.equal(await status("POST", "/associations", { ...one, applicationId: "nobody" }), 404);
  assert.equal(await status("POST", "/associations", { ...one, entityId: "nobody" }), 404);
  const created = await call("POST", "/associations", { ...one, more: 1 });
  assert.deepEqual([created.status, created.text], [201, ""]);
  assert.equal(await status("POST", "/associations", one), 409);
  assert.equal(await status("POST", "/associations", { ...one, channel: "MMS" }), 201);
  const single = (await call("GET", `/associations/single?${new URLSearchParams(one).toString()}`)).body;
  fits(single, ResourceAssociationResponse, "/associations/single");
  assert.deepEqual(single, one);
  const found = async (query: string) => {
    const { body } = await call("GET", `/associations?${query}`);
    fits(body, PageResourceAssociation, "/associations");
    return body.paging.totalResults;
  };
  for (const query of ["resourceType=NUMBER", "applicationId=app", "entityId=ent", "resourceId=385981", "size=1"]) {
    assert.equal(await found(query), 2, query);
  }
  assert.equal(await found("channel=SMS"), 1);
  assert.equal(await found("applicationId=other"), 0);
  assert.equal(await status("GET", "/associations?channel=PIGEON"), 400);
  assert.equal(await status("GET", "/associations/single?resourceType=NUMBER"), 400);
  const gone = await call("DELETE", "/associations", one);
  assert.deepEqual([gone.status, gone.text], [204, ""]);
  assert.equal(await status("DELETE", "/associations", one), 404);
  assert.equal(await status("GET", `/associations/single?${new URLSearchParams(one).toString()}`), 404);
  const { entityId: _, ...partial } = one;
  assert.deepEqual(Object.keys(violationsOf(await call("POST", "/associations", partial))), ["entityId"]);
});

test("what belonged to a deleted application or entity belongs to the default one", async () => {
  await call("POST", "/applications", { applicationId: "going" });
  await call("POST", "/entities", { entityId: "staying" });
  await call("POST", "/entities", { entityId: "going-too" });
  const base = { resourceType: "ALPHA", channel: "SMS" };
  await call("POST", "/associations", { ...base, applicationId: "going", entityId: "staying", resourceId: "A" });
  await call("POST", "/associations", { ...base, applicationId: "default", entityId: "going-too", resourceId: "B" });
  await call("DELETE", "/applications/going");
  await call("DELETE", "/entities/going-too");
  const { results } = (await call("GET", "/associations?resourceType=ALPHA")).body;
  assert.deepEqual(results, [
    { ...base, applicationId: "default", resourceId: "A" },
    { ...base, applicationId: "default", resourceId: "B" },
  ]);
});

test("a message makes the entity that it names, and no application", async () => {
  const platform = { applicationId: "app-of-message", entityId: "entity-of-message" };
  const sent = () => server.client.send(oneSms({ options: { platform } }));
  const entity = { entityId: "entity-of-message", entityName: "entity-of-message" };
  await sent();
  assert.deepEqual((await call("GET", "/entities/entity-of-message")).body, entity);
  assert.equal(await status("GET", "/applications/app-of-message"), 404);
  await call("DELETE", "/entities/entity-of-message");
  await sent();
  assert.deepEqual((await call("GET", "/entities/entity-of-message")).body, entity);
});
