import assert from "node:assert/strict";
import { test } from "node:test";
import { Compile } from "typebox/compile";
import { testLengths, testRanges, withValue } from "../test/schema-limits.ts";
import { openApi } from "./openapi.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { SmsLogsQueryV1 } from "./sms/reports-v1.ts";
import { SmsTextQueryV1, SmsTextQueryV3 } from "./sms/send-query.ts";
import { SmsBinaryRequest, SmsMultiText, SmsSingleText, SmsTextualRequest } from "./sms/send-v2.ts";

const text = () => ({ messages: [{ destinations: [{ to: "41793026727" }], text: "Hi" }] });
const binary = () => ({ messages: [{ destinations: [{ to: "41793026727" }], binary: { hex: "00" } }] });
const single = () => ({ to: "41793026727", text: "Hi" });
const multi = () => ({ messages: [single()] });
const none = () => ({});

/** Written out, not read from the schemas: a limit that changes there has to change here. */
testLengths([
  [SmsTextualRequest, text, "messages.0.from", 255],
  [SmsTextualRequest, text, "messages.0.destinations.0.to", 64],
  [SmsTextualRequest, text, "messages.0.text", 40_000],
  [SmsTextualRequest, text, "messages.0.notifyUrl", 2048],
  [SmsTextualRequest, text, "messages.0.notifyContentType", 255],
  [SmsTextualRequest, text, "messages.0.callbackData", 4000],
  [SmsTextualRequest, text, "messages.0.entityId", 50],
  [SmsTextualRequest, text, "messages.0.applicationId", 50],
  [SmsTextualRequest, text, "messages.0.campaignReferenceId", 255],
  [SmsTextualRequest, text, "messages.0.regional.southKorea.title", 66],
  [SmsTextualRequest, text, "urlOptions.trackingUrl", 2048],
  [SmsTextualRequest, text, "tracking.baseUrl", 2048],
  [SmsTextualRequest, text, "tracking.processKey", 255],
  [SmsTextualRequest, text, "tracking.track", 255],
  [SmsTextualRequest, text, "tracking.type", 255],
  [SmsBinaryRequest, binary, "messages.0.binary.hex", 40_000],
  [SmsBinaryRequest, binary, "messages.0.entityId", 66],
  [SmsBinaryRequest, binary, "messages.0.applicationId", 66],
  [SmsBinaryRequest, binary, "messages.0.callbackData", 4000],
  [SmsSingleText, single, "from", 255],
  [SmsSingleText, single, "to", 64],
  [SmsSingleText, single, "text", 40_000],
  [SmsMultiText, multi, "messages.0.to", 64],
  [SmsTextQueryV1, single, "to", 16_384],
  [SmsTextQueryV1, single, "callbackData", 4000],
  [SmsTextQueryV1, single, "processKey", 255],
  [SmsTextQueryV3, single, "bulkId", 100],
  [SmsTextQueryV3, single, "text", 40_000],
  [SmsTextQueryV3, single, "callbackData", 4000],
  [SmsTextQueryV3, single, "trackingUrl", 2048],
  [SmsTextQueryV3, single, "southKoreaTitle", 66],
  [SmsLogsQueryV1, none, "from", 255],
  [SmsLogsQueryV1, none, "bulkId", 2048],
]);

testRanges([
  [SmsTextualRequest, text, "sendingSpeedLimit.amount", 1, 2 ** 31 - 1],
  [SmsBinaryRequest, binary, "messages.0.binary.dataCoding", 0, 255],
  [SmsBinaryRequest, binary, "messages.0.binary.esmClass", 0, 255],
  [SmsTextQueryV3, single, "validityPeriod", 1, 2 ** 31 - 1],
  [SmsTextQueryV1, single, "southKoreaResellerCode", -(2 ** 31), 2 ** 31 - 1],
  [SmsLogsQueryV1, none, "limit", 1, 1000],
]);

test("ids that are clipped, and a validity that is shortened, have no upper limit in the older schemas", () => {
  for (const [schema, body] of [
    [SmsTextualRequest, text],
    [SmsBinaryRequest, binary],
  ] as const) {
    const check = (path: string, value: unknown) => Compile(schema).Check(withValue(body(), path, value));
    assert.equal(check("bulkId", "b".repeat(5_000)), true);
    assert.equal(check("messages.0.destinations.0.messageId", "m".repeat(5_000)), true);
    assert.deepEqual(
      [0, 1, 2 ** 40].map((minutes) => check("messages.0.validityPeriod", minutes)),
      [false, true, true],
    );
  }
  assert.equal(Compile(SmsTextQueryV1).Check({ ...single(), bulkId: "b".repeat(5_000) }), true);
});

test("only what old clients alone know is deprecated in the emitted document", () => {
  const { paths } = openApi({ version: "1" }) as { paths: Record<string, Record<string, { deprecated?: true }>> };
  const deprecated = Object.keys(paths).filter((path) =>
    Object.values(paths[path] ?? {}).some((operation) => operation.deprecated === true),
  );
  const expected = (Object.values(OPERATIONS) as Operation[]).filter(({ document }) => document === null);
  assert.deepEqual(deprecated.toSorted(), expected.map(({ path }) => path).toSorted());
  assert.deepEqual(deprecated.toSorted(), ["/sms/1/text/multi", "/sms/1/text/single", "/sms/2/text/single"]);
});
