import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { Receiver } from "./receiver.ts";

export const PHONE = "106540352242922";
export const WABA = "102290129340398";
export const BUSINESS = "447860000001";
export const TOKEN = "a-token";
export const APP_SECRET = "an-app-secret";

/** An ordinary user. */
export const USER = "447700900001";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a refusal, else null. */
  readonly error: { readonly code: number; readonly details: string; readonly message: string } | null;
  /** Of a message that was taken, else null. */
  readonly wamid: string | null;
}

/** An emulator on a clock that stands still, its receiver, and a way to ask it. */
export class Setting implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly receiver: Receiver;
  readonly clock: FakeClock;

  private constructor(emulator: Emulator, receiver: Receiver, clock: FakeClock) {
    this.emulator = emulator;
    this.receiver = receiver;
    this.clock = clock;
  }

  static async start(options: Partial<EmulatorOptions> = {}): Promise<Setting> {
    const receiver = await Receiver.start();
    const clock = new FakeClock();
    try {
      const emulator = await startEmulator({
        token: TOKEN,
        appSecret: APP_SECRET,
        verifyToken: "verify",
        numbers: [{ phoneNumberId: PHONE, displayPhoneNumber: "+44 7860 000001", wabaId: WABA }],
        webhook: { url: receiver.url },
        random: () => 0.5,
        clock,
        ...options,
      });
      return new Setting(emulator, receiver, clock);
    } catch (error) {
      await receiver.close();
      throw error;
    }
  }

  async ask(method: string, path: string, body?: unknown, token = TOKEN): Promise<Answer> {
    const response = await fetch(`${this.emulator.url}/v25.0/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return answerOf(response.status, (await response.json()) as Answer["body"]);
  }

  /** To `to`, by the one number. */
  send(to: string, content: object, more: object = {}): Promise<Answer> {
    const message = { messaging_product: "whatsapp", recipient_type: "individual", to, ...content, ...more };
    return this.ask("POST", `${PHONE}/messages`, message);
  }

  text(to: string, body = "Hello"): Promise<Answer> {
    return this.send(to, { type: "text", text: { body } });
  }

  /** What became of a message, as its statuses said, in their order. */
  statusesOf(wamid: string | null): readonly string[] {
    return this.receiver.statuses.filter(({ id }) => id === wamid).map(({ status }) => status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator.close();
    await this.receiver.close();
  }
}

export function answerOf(status: number, body: Answer["body"]): Answer {
  const { error, messages } = body as {
    error?: { code: number; message: string; error_data: { details: string } };
    messages?: readonly { id: string }[];
  };
  return {
    status,
    body,
    error: error === undefined ? null : { code: error.code, message: error.message, details: error.error_data.details },
    wamid: messages?.[0]?.id ?? null,
  };
}
