import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS, type Operation } from "@posthorn/contract";
import { assertFits, type Json, lookUp, SKIP } from "./harness/infobip-schemas.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";

const FILE = "subscriptions-api";
const server = await startTestServer(cleanupAfterFile());

/** In an order in which each finds what it needs: made, changed, shown, and then deleted as Infobip's examples leave it. */
const ORDER = [
  "createProfile",
  "createSecuritySettings",
  "uploadCertificate",
  "createSubscription",
  "updateProfile",
  "updateSecuritySettings",
  "updateSubscription",
  "testConnectionToWebhook",
  "getSubscriptions",
  "getSubscription",
  "getProfiles",
  "getProfile",
  "getSecuritySettings",
  "getSecuritySetting",
  "getCertificates",
  "getCertificate",
  "getCertificateStatuses",
  "getCertificateStatus",
  "deleteSubscription",
  "deleteProfile",
  "deleteSecuritySettings",
  "deleteCertificate",
] as const satisfies readonly (keyof typeof OPERATIONS)[];

/** Ids of Infobip's examples. The examples change to settings and to a profile that were never made. */
const IDS: Readonly<Record<string, string>> = {
  channel: "SMS",
  subscriptionId: "ABC-123-DEF",
  profileId: "NOTIF-32395",
  authId: "AUTH-123",
  certificateId: "my-certificate-1",
};

function exampleOf(names: readonly string[]): Json | undefined {
  const at = [...names, "requestBody", "content", "application/json", "examples"];
  const [name] = Object.keys(lookUp(FILE, at)?.value ?? {});
  return name === undefined ? undefined : (lookUp(FILE, [...at, name])?.value["value"] as Json);
}

test("every operation of Infobip's document is in the order", () => {
  const served = Object.entries(OPERATIONS as Record<string, Operation>).filter(
    ([, { document }]) => document === FILE,
  );
  assert.deepEqual(served.map(([name]) => name).toSorted(), ORDER.toSorted());
  assert.equal(served.length, 22);
});

test("Infobip's examples, one after the other, are all answered as documented", { skip: SKIP }, async () => {
  for (const name of ORDER) {
    const operation: Operation = OPERATIONS[name];
    const { method, path, status = 200, response } = operation;
    const names = ["paths", path, method.toLowerCase()];
    const url = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => IDS[parameter] ?? "");
    const json = exampleOf(names);
    const answer = await server.client.call(method, url, json === undefined ? {} : { json });
    assert.equal(answer.status, status, `${name}: ${answer.text}`);
    if (response !== undefined) assertFits(answer.body, response, FILE, [...names, "responses", String(status)]);
    assert.equal(answer.headers.has("location"), status === 201, name);
  }
});
