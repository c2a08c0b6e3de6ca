import assert from "node:assert/strict";
import { test } from "node:test";
import { DeliveryReports, SmsReportsV1, writeXml } from "@posthorn/contract";
import type { DueEvent, DueReport, ReportRecord } from "../store/store.ts";
import { toWhatsAppSeenReport } from "../view/whatsapp-view.ts";
import { toSmsReport, toSmsReportV1, toWhatsAppReport } from "../view/view.ts";
import { createPayloadOf } from "./payload.ts";

const OPTIONS = { price: { pricePerMessage: 1, currency: "EUR" } };
const payloadOf = createPayloadOf(OPTIONS);

const FACTS = {
  id: 1,
  accountId: 1,
  url: "https://receiver.example/",
  origin: "https://receiver.example",
  attempts: 0,
  subscription: null,
  receiverFailures: 0,
};

const record = (messageId: string): ReportRecord => ({
  messageId,
  bulkId: "b",
  sender: 'A "sender" & <more>',
  destination: "385981234567",
  partCount: 2,
  state: "delivered",
  statusId: 5,
  errorId: 0,
  doubt: null,
  sentAt: 1_000,
  doneAt: 2_000,
  callbackData: "order \u00e9",
  applicationId: null,
  entityId: "entity",
  campaignReferenceId: null,
});

const RECORDS = ["m1", "m2", "m3"].map(record);
const reports = (kind: DueReport["kind"], count: number): DueReport[] =>
  RECORDS.slice(0, count).map((message) => ({ ...FACTS, kind, message }));
const events = (kind: DueEvent["kind"], bodies: readonly string[]): DueEvent[] =>
  bodies.map((body) => ({ ...FACTS, kind, body }));

for (const [kind, toReport] of [
  ["SMS_V3", toSmsReport],
  ["SMS_V1", toSmsReportV1],
  ["WHATSAPP", toWhatsAppReport],
  ["WHATSAPP_SEEN", toWhatsAppSeenReport],
] as const) {
  test(`reports of the kind ${kind} are the results of one body, in their order`, () => {
    for (const count of [1, 2, 3]) {
      const results = RECORDS.slice(0, count).map((message) => toReport(message, OPTIONS));
      assert.deepEqual(payloadOf(reports(kind, count)), {
        body: JSON.stringify({ results }),
        contentType: "application/json",
      });
    }
  });
}

test("reports are XML where the message or the profile asks for it and there is such a shape", () => {
  const xmlOf = (body: string) => ({ body, contentType: "application/xml; charset=utf-8" });
  const v3 = xmlOf(writeXml(DeliveryReports, { results: RECORDS.map((message) => toSmsReport(message, OPTIONS)) }));
  const v1 = xmlOf(writeXml(SmsReportsV1, { results: RECORDS.map((message) => toSmsReportV1(message, OPTIONS)) }));
  assert.deepEqual(payloadOf(reports("SMS_V3_XML", 3)), v3);
  assert.deepEqual(payloadOf(reports("SMS_V3", 3), true), v3);
  assert.deepEqual(payloadOf(reports("SMS_V1_XML", 3)), v1);
  assert.deepEqual(payloadOf(reports("SMS_V1", 3), true), v1);
  assert.equal(payloadOf(reports("WHATSAPP", 3), true).contentType, "application/json");
});

test("inbound messages come with their numbers, lookups without, and a click is a body of its own", () => {
  const bodies = ['{"text":"one"}', '{"text":"two"}'];
  const results = [{ text: "one" }, { text: "two" }];
  for (const kind of ["SMS_INBOUND", "WHATSAPP_INBOUND"] as const) {
    const body = JSON.stringify({ results, messageCount: 2, pendingMessageCount: 0 });
    assert.equal(payloadOf(events(kind, bodies)).body, body);
  }
  assert.equal(payloadOf(events("NUMBER_LOOKUP", bodies)).body, JSON.stringify({ results }));
  assert.equal(payloadOf(events("SMS_CLICK", bodies.slice(0, 1))).body, bodies[0]);
});
