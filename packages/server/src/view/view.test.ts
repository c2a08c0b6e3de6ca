import assert from "node:assert/strict";
import { test } from "node:test";
import { DeliveryReport, SmsLog, SmsLogV1, SmsReportV1, STATUSES, WhatsAppDeliveryReport } from "@posthorn/contract";
import { Compile } from "typebox/compile";
import { isFinal, MESSAGE_STATES } from "../message/state.ts";
import type { MessageRecord } from "../store/store.ts";
import { statesOfGeneralStatus, toSmsLog, toSmsLogV1, toSmsReport, toSmsReportV1, toWhatsAppReport } from "./view.ts";

const OPTIONS = { price: { pricePerMessage: 1, currency: "EUR" } };

const record = (change: Partial<MessageRecord>) =>
  ({
    messageId: "m",
    bulkId: "b",
    destination: "385981234567",
    sender: "Posthorn",
    text: "Hi",
    encoding: "GSM7",
    partCount: 1,
    options: null,
    state: "delivered",
    statusId: 5,
    errorId: 0,
    doubt: null,
    sentAt: 1_000,
    doneAt: 2_000,
    callbackData: null,
    applicationId: null,
    entityId: null,
    campaignReferenceId: null,
    ...change,
  }) as MessageRecord;

const isReport = Compile(DeliveryReport);
const isLog = Compile(SmsLog);
const isReportV1 = Compile(SmsReportV1);
const isLogV1 = Compile(SmsLogV1);
const isWhatsAppReport = Compile(WhatsAppDeliveryReport);

test("every status of the catalogue is shown in every state, always in the state's own group", () => {
  assert.ok(STATUSES.length > 20);
  for (const state of MESSAGE_STATES) {
    const groups = new Set<string | undefined>();
    for (const statusId of [...STATUSES.map(({ id }) => id), -1, 12_345]) {
      const shown = record({ state, statusId, doneAt: isFinal(state) ? 2_000 : null });
      const log = toSmsLog(shown, OPTIONS);
      assert.ok(isLog.Check(log));
      assert.ok(isReport.Check(toSmsReport(shown, OPTIONS)));
      assert.ok(isReportV1.Check(toSmsReportV1(shown, OPTIONS)));
      assert.ok(isLogV1.Check(toSmsLogV1(shown, OPTIONS)));
      assert.deepEqual(toSmsLogV1(shown, OPTIONS).status, log.status);
      assert.ok(isWhatsAppReport.Check(toWhatsAppReport(shown, OPTIONS)));
      groups.add(log.status?.groupName);
      if (log.status?.groupName === STATUSES.find(({ id }) => id === statusId)?.groupName) {
        assert.equal(log.status?.id, statusId);
      }
    }
    assert.equal(groups.size, 1, state);
    assert.ok(statesOfGeneralStatus([...groups][0] ?? "").includes(state), state);
  }
});

test("an error that nobody knows is shown as one", () => {
  assert.equal(toSmsReport(record({ errorId: 999_999 }), OPTIONS).error?.name, "EC_UNKNOWN_ERROR");
});

test("no error has another group name in version 1, and every other error the same", () => {
  for (const errorId of [0, 1, 2052, 999_999]) {
    const [newer, older] = [toSmsReport, toSmsReportV1].map((view) => view(record({ errorId }), OPTIONS).error);
    assert.equal(older?.groupName, errorId === 0 ? "Ok" : newer?.groupName);
    assert.deepEqual({ ...older, groupName: newer?.groupName }, newer);
  }
});

test("a log has an end only once the message has ended", () => {
  for (const view of [toSmsLog, toSmsLogV1]) {
    assert.equal("doneAt" in view(record({ state: "submitted", doneAt: null }), OPTIONS), false);
  }
  assert.equal(toSmsLog(record({}), OPTIONS).doneAt, "1970-01-01T00:00:02.000+0000");
});

test("only a message that was sent again says that it may be there twice", () => {
  for (const [doubt, expected] of [
    [null, undefined],
    ["held", undefined],
    ["resent", true],
  ] as const) {
    for (const view of [toSmsLog, toSmsLogV1, toSmsReportV1, toWhatsAppReport]) {
      const shown = view(record({ doubt }), OPTIONS);
      assert.equal((shown as { possibleDuplicate?: true }).possibleDuplicate, expected);
    }
  }
});

test("the content is shown as it was sent, text or octets, with what belonged to it", () => {
  const options = JSON.stringify({ content: { dataCoding: 8 }, flash: true });
  assert.deepEqual(toSmsLog(record({ encoding: "BINARY", text: "0410", options }), OPTIONS).content, {
    hex: "0410",
    dataCoding: 8,
  });
  assert.deepEqual(toSmsLog(record({}), OPTIONS).content, { text: "Hi" });
});

test("a general status that nobody knows belongs to no state", () => {
  assert.deepEqual(statesOfGeneralStatus("LOST"), []);
});
