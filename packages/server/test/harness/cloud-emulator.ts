import { infobip, type Infobip } from "@posthorn/component";
import { type Emulator, type EmulatorOptions, startEmulator } from "@posthorn/whatsapp-emulator";
import { type CloudServer, startCloudServer } from "./cloud-server.ts";
import { APP_SECRET, NUMBER, PHONE_NUMBER_ID, TOKEN, VERIFY_TOKEN } from "./graph-stub.ts";
import { subscribe } from "./subscribing.ts";
import { atEnd, type Cleanup } from "./test-server.ts";
import { until } from "./until.ts";
import { WebhookSink } from "./webhook-sink.ts";

type Told = Readonly<Record<string, unknown>>;

export interface EmulatedCloud extends Pick<CloudServer, "server" | "webhookUrl"> {
  readonly emulator: Emulator;
  /** The customer's receiver: it is told of every event of WhatsApp. */
  readonly sink: WebhookSink;
  readonly client: Infobip;
  /** What the customer was told of a message, ours or a user's. */
  readonly told: (messageId: string) => readonly Told[];
  /** The same, once so many were. */
  readonly untilTold: (messageId: string, count?: number) => Promise<readonly Told[]>;
}

/** An emulator with the harness's number and secrets, on a port of its own, which tells nobody yet. */
export async function startCloudEmulator(cleanup: Cleanup, options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await startEmulator({
    token: TOKEN,
    appSecret: APP_SECRET,
    verifyToken: VERIFY_TOKEN,
    numbers: [{ phoneNumberId: PHONE_NUMBER_ID, displayPhoneNumber: `+${NUMBER}`, wabaId: "419561257915477" }],
    ...options,
  });
  atEnd(cleanup, () => emulator.close());
  return emulator;
}

/** A server whose only carrier is the Cloud API, played by the emulator, with a customer who is told of everything. */
export async function startEmulatedCloud(
  cleanup: Cleanup,
  { entry = {}, ...options }: Partial<EmulatorOptions> & { readonly entry?: object } = {},
): Promise<EmulatedCloud> {
  const emulator = await startCloudEmulator(cleanup, options);
  const { server, webhookUrl } = await startCloudServer(cleanup, { entry: { baseUrl: emulator.url, ...entry } });
  emulator.setWebhook(webhookUrl);
  const sink = await WebhookSink.start(cleanup);
  const events = ["DELIVERY", "SEEN", "INBOUND_MESSAGE", "IDENTITY_CHANGE"];
  await subscribe(server.client, sink.url, { channel: "WHATSAPP", events });
  const told = (messageId: string) => (sink.reports as readonly Told[]).filter((one) => one["messageId"] === messageId);
  const untilTold = (messageId: string, count = 1) =>
    until(`${count} of ${messageId} are told`, () => (told(messageId).length >= count ? told(messageId) : null));
  const client = infobip({ key: "a-key-for-tests", baseUrl: server.url });
  return { emulator, server, webhookUrl, sink, client, told, untilTold };
}
