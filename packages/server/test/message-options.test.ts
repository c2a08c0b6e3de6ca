import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeCarrier, carrierIdOf, receiptOf } from "./harness/fake-carrier.ts";
import { FakeClock } from "./harness/fake-clock.ts";
import { cleanupAfterFile, startTestServer } from "./harness/test-server.ts";
import { until } from "./harness/until.ts";
import { WebhookSink } from "./harness/webhook-sink.ts";

/**
 * What a customer says of a message beside its text must reach whoever it is meant for, whatever version says it: the
 * carrier (regional options, conversion tracking, flash), the reports pulled and pushed, the logs, and the filters of
 * both.
 */
const clock = new FakeClock();
const carrier = new FakeCarrier();
const cleanup = cleanupAfterFile();
const server = await startTestServer(cleanup, { clock, carriers: [carrier] });
const sink = await WebhookSink.start(cleanup, clock);
const { client } = server;
const tick = () => clock.advanceAndSettle(1_000);

const TO = "385981234567";
const REGIONAL = {
  indiaDlt: { contentTemplateId: "template", principalEntityId: "principal", telemarketerId: "marketer" },
  turkeyIys: { brandCode: 17, recipientType: "BIREYSEL" },
  southKorea: { title: "title", resellerCode: 18 },
};
/** As a query has them: version 1 has no title. */
const REGIONAL_QUERY = {
  indiaDltContentTemplateId: "template",
  indiaDltPrincipalEntityId: "principal",
  indiaDltTelemarketerId: "marketer",
  turkeyIysBrandCode: "17",
  turkeyIysRecipientType: "BIREYSEL",
  southKoreaResellerCode: "18",
};
const CONVERSION = { useConversionTracking: true, conversionTrackingName: "ONE_TIME_PIN" };

interface Version {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** A request for one message, pushed where `url` is one, told apart by `tag` wherever the version has a word for it. */
  readonly request: (tag: string, url: string | null) => object;
  /** What the carrier sees among the options. */
  readonly toCarrier: object;
  readonly hasPlatform: boolean;
}

const olderMessage = (tag: string, url: string | null) => ({
  from: "Shop",
  destinations: [{ to: TO }],
  flash: true,
  callbackData: `data-${tag}`,
  applicationId: `app-${tag}`,
  entityId: `entity-${tag}`,
  campaignReferenceId: `campaign-${tag}`,
  regional: REGIONAL,
  intermediateReport: true,
  ...(url === null ? {} : { notifyUrl: url }),
});

const newerRequest = (content: object) => (tag: string, url: string | null) => ({
  messages: [
    {
      sender: "Shop",
      destinations: [{ to: TO }],
      content,
      options: {
        flash: true,
        platform: { applicationId: `app-${tag}`, entityId: `entity-${tag}` },
        campaignReferenceId: `campaign-${tag}`,
        regional: REGIONAL,
      },
      webhooks: {
        callbackData: `data-${tag}`,
        delivery: { intermediateReport: true, ...(url === null ? {} : { url }) },
      },
    },
  ],
  options: { conversionTracking: CONVERSION },
});

const query = (more: object) => (tag: string, url: string | null) => ({
  from: "Shop",
  to: TO,
  text: "Hi",
  flash: "true",
  callbackData: `data-${tag}`,
  intermediateReport: "true",
  trackingType: "ONE_TIME_PIN",
  ...REGIONAL_QUERY,
  ...(url === null ? {} : { notifyUrl: url }),
  ...more,
});

const ASKED = { flash: true, intermediateReport: true };
const ALL = { ...ASKED, regional: REGIONAL, conversionTracking: CONVERSION };

const VERSIONS: readonly Version[] = [
  {
    name: "text of version 3",
    method: "POST",
    path: "/sms/3/messages",
    request: newerRequest({ text: "Hi" }),
    toCarrier: ALL,
    hasPlatform: true,
  },
  {
    name: "binary of version 3",
    method: "POST",
    path: "/sms/3/messages",
    request: newerRequest({ hex: "41 42" }),
    toCarrier: ALL,
    hasPlatform: true,
  },
  {
    name: "text of version 2",
    method: "POST",
    path: "/sms/2/text/advanced",
    request: (tag, url) => ({
      messages: [{ ...olderMessage(tag, url), text: "Hi" }],
      tracking: { track: "SMS", type: "ONE_TIME_PIN", processKey: "key" },
    }),
    toCarrier: { ...ALL, conversionTracking: { ...CONVERSION, track: "SMS", processKey: "key" } },
    hasPlatform: true,
  },
  {
    name: "binary of version 2, which has no conversion tracking",
    method: "POST",
    path: "/sms/2/binary/advanced",
    request: (tag, url) => ({ messages: [{ ...olderMessage(tag, url), binary: { hex: "4142" } }] }),
    toCarrier: { ...ASKED, regional: REGIONAL },
    hasPlatform: true,
  },
  {
    name: "query of version 3, which has no platform",
    method: "GET",
    path: "/sms/3/text/query",
    request: query({ southKoreaTitle: "title" }),
    toCarrier: ALL,
    hasPlatform: false,
  },
  {
    name: "query of version 1, which has no platform",
    method: "GET",
    path: "/sms/1/text/query",
    request: query({ track: "SMS", processKey: "key" }),
    toCarrier: {
      ...ASKED,
      regional: { ...REGIONAL, southKorea: { resellerCode: 18 } },
      conversionTracking: { ...CONVERSION, track: "SMS", processKey: "key" },
    },
    hasPlatform: false,
  },
];

/** @returns the messageId that the answer gives */
async function send({ method, path, request }: Version, tag: string, url: string | null): Promise<string> {
  const body = request(tag, url);
  const answer =
    method === "POST"
      ? await client.call(method, path, { json: body })
      : await client.call(method, `${path}?${new URLSearchParams(body as Record<string, string>).toString()}`);
  assert.equal(answer.status, 200, answer.text);
  const [message] = (answer.body as { messages: { messageId: string; status: { name: string } }[] }).messages;
  assert.equal(message?.status.name, "PENDING_ACCEPTED");
  return message.messageId;
}

async function deliver(messageId: string) {
  await server.untilState(messageId, ["submitted"], tick);
  await carrier.emit(receiptOf(carrierIdOf(messageId), "delivered", clock.now()));
}

type Row = Readonly<Record<string, unknown>>;

async function list(path: string, filter: Readonly<Record<string, string>>): Promise<readonly Row[]> {
  const { status, text, body } = await client.call("GET", `${path}?${new URLSearchParams(filter).toString()}`);
  assert.equal(status, 200, text);
  return (body as { results: Row[] }).results;
}

const idsOf = (rows: readonly Row[]) => rows.map(({ messageId }) => messageId);

/** The members of a row that say what the customer said. */
function said({ platform, applicationId, entityId, campaignReferenceId, callbackData }: Row) {
  return {
    ...(platform as object | undefined),
    ...given({ applicationId, entityId, campaignReferenceId, callbackData }),
  };
}

const given = (members: object) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

for (const [index, version] of VERSIONS.entries()) {
  const tag = `v${index}`;
  const platform = version.hasPlatform
    ? { applicationId: `app-${tag}`, entityId: `entity-${tag}`, campaignReferenceId: `campaign-${tag}` }
    : { applicationId: "default" };
  const callbackData = `data-${tag}`;

  test(`${version.name}: the carrier is handed what is meant for it`, async () => {
    const messageId = await send(version, tag, null);
    await server.untilState(messageId, ["submitted"], tick);
    const handed = carrier.handed.find((message) => message.messageId === messageId);
    const { content: _, ...options } = JSON.parse(handed?.options ?? "null") as Record<string, unknown>;
    assert.deepEqual(options, version.toCarrier);
    await carrier.emit(receiptOf(carrierIdOf(messageId), "delivered", clock.now()));
    await list("/sms/3/reports", { messageId });
  });

  test(`${version.name}: reports and logs of both versions say what the customer said, and are found by it`, async () => {
    for (const shape of ["1", "3"]) {
      const messageId = await send(version, tag, null);
      const other = await send(version, `other-${tag}`, null);
      await deliver(messageId);
      await deliver(other);
      const logs = `/sms/${shape}/logs`;
      const [log] = await list(logs, { messageId });
      assert.deepEqual(said(log ?? {}), platform);
      const reports = `/sms/${shape}/reports`;
      for (const [name, value] of Object.entries(version.hasPlatform ? platform : {})) {
        const found = idsOf(await list(logs, { [name]: value }));
        assert.ok(found.includes(messageId) && !found.includes(other), `${logs} by ${name}`);
        assert.deepEqual(await list(reports, { messageId, [name]: `${value}-not` }), [], `${reports} by ${name}`);
      }
      const [report] = await list(reports, version.hasPlatform ? { messageId, ...platform } : { messageId });
      assert.equal(report?.["messageId"], messageId);
      assert.deepEqual(said(report), { ...platform, callbackData });
      assert.deepEqual(idsOf(await list(reports, { messageId: other })), [other]);
    }
  });

  test(`${version.name}: the push on the way and the one at the end say what the customer said`, async () => {
    const messageId = await send(version, tag, sink.url);
    await deliver(messageId);
    const pushed = () => sink.reports.filter((report) => report.messageId === messageId);
    await until("both are pushed", () => pushed().length === 2, tick);
    assert.deepEqual(
      pushed().map(({ status }) => status.groupName),
      ["PENDING", "DELIVERED"],
    );
    for (const report of pushed()) assert.deepEqual(said(report), { ...platform, callbackData });
  });
}

test("a WhatsApp text says where it belongs in its report", async () => {
  const platform = { applicationId: "app-wa", entityId: "entity-wa" };
  const message = { from: "447700900001", to: TO, messageId: "wa", content: { text: "Hi" }, callbackData: "data-wa" };
  const answer = await client.whatsApp({ ...message, ...platform, notifyUrl: sink.url });
  assert.equal(answer.status, 200, answer.text);
  await deliver("wa");
  const pushed = () => sink.reports.filter(({ messageId }) => messageId === "wa");
  await until("it is pushed", () => pushed().length === 1, tick);
  assert.deepEqual(said(pushed()[0] ?? {}), { ...platform, callbackData: "data-wa" });
  const { body } = await client.call("GET", "/posthorn/1/messages/wa");
  assert.deepEqual(said(body as Row), { ...platform, callbackData: "data-wa", campaignReferenceId: null });
});
