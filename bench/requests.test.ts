import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadPlan } from "./load.ts";
import { phoneOf, prepareRequest } from "./requests.ts";

const PLAN: LoadPlan = {
  url: "http://127.0.0.1:8080",
  path: "/sms/3/messages",
  key: "bench",
  destinationsPerRequest: 1,
  connections: 1,
  seconds: 1,
  messagesMax: 1,
  reportUrl: "http://127.0.0.1:9090/reports",
};

for (const destinationsPerRequest of [1, 3, 100]) {
  test(`a request with ${destinationsPerRequest} destinations names the phones of its messages, and nothing else changes`, () => {
    const request = prepareRequest({ ...PLAN, destinationsPerRequest });
    const before = request.octets.toString();
    for (const first of [0, 7, 123_456, 8_999_990, 9_000_000, 12_345_678]) {
      request.patch(first);
      const [head = "", body = ""] = request.octets.toString().split("\r\n\r\n");
      assert.equal(Number(/content-length: (\d+)/.exec(head)?.[1]), body.length);
      const { messages } = JSON.parse(body) as { messages: { destinations: { to: string }[]; webhooks: unknown }[] };
      const phones = Array.from({ length: destinationsPerRequest }, (_, index) => ({ to: phoneOf(first + index) }));
      assert.deepEqual(messages[0]?.destinations, phones);
      assert.deepEqual(messages[0]?.webhooks, { delivery: { url: PLAN.reportUrl } });
    }
    request.patch(0);
    assert.equal(request.octets.toString(), before);
  });
}

test("a request to Kannel names the phone of its message", () => {
  const request = prepareRequest({ ...PLAN, path: "/cgi-bin/sendsms", dialect: "kannel" });
  request.patch(8_999_999);
  const [, target = ""] = request.octets.toString().split(" ");
  const query = new URL(target, PLAN.url).searchParams;
  assert.equal(query.get("to"), "385918999999");
  assert.equal(query.get("dlr-url"), "http://127.0.0.1:9090/reports?type=%d");
});
