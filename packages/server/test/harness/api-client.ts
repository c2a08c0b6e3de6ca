import type {
  ApiError,
  ApiException,
  DeliveryReport,
  DeliveryReports,
  SmsLogs,
  SmsResponseEnvelope,
} from "@posthorn/contract";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests look at bodies of every shape; whether a body fits its schema is a test of its own.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header; null sends none. */
  readonly authorization?: string | null;
}

export class ApiClient {
  readonly url: string;
  readonly authorization: string;

  constructor(url: string, secret: string) {
    this.url = url;
    this.authorization = `App ${secret}`;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { json, raw, authorization = this.authorization } = options;
    const content = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(content === undefined ? {} : { "content-type": "application/json" }),
        ...(authorization === null ? {} : { authorization }),
        ...options.headers,
      },
      ...(content === undefined ? {} : { body: content as string }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  sms(json: unknown): Promise<Answer> {
    return this.call("POST", "/sms/3/messages", { json });
  }

  whatsApp(json: unknown): Promise<Answer> {
    return this.call("POST", "/whatsapp/1/message/text", { json });
  }

  /** Sends what must be accepted. */
  async send(json: unknown): Promise<SmsResponseEnvelope> {
    return this.#ok(await this.sms(json)) as SmsResponseEnvelope;
  }

  async reports(query = ""): Promise<readonly DeliveryReport[]> {
    return (this.#ok(await this.call("GET", `/sms/3/reports?${query}`)) as DeliveryReports).results ?? [];
  }

  async logs(query = ""): Promise<SmsLogs> {
    return this.#ok(await this.call("GET", `/sms/3/logs?${query}`)) as SmsLogs;
  }

  #ok({ status, text, body }: Answer): unknown {
    if (status !== 200) throw new Error(`answered ${status}: ${text}`);
    return body;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A request for one SMS. `message` and `destination` add to, or replace, what the request has. */
export function oneSms(message: object = {}, destination: object = {}): object {
  return {
    messages: [
      {
        sender: "Posthorn",
        destinations: [{ to: "385981234567", ...destination }],
        content: { text: "Hi" },
        ...message,
      },
    ],
  };
}

export function statusesOf(answer: SmsResponseEnvelope): (string | undefined)[] {
  return answer.messages.map(({ status }) => status?.name);
}

export function violationsOf(answer: Answer): Record<string, string> {
  const { violations } = answer.body as ApiError;
  if (violations !== undefined) {
    return Object.fromEntries(violations.map(({ property = "", violation = "" }) => [property, violation]));
  }
  const errors = (answer.body as ApiException).requestError?.serviceException?.validationErrors ?? {};
  return Object.fromEntries(Object.entries(errors).map(([property, texts]) => [property, texts.join("; ")]));
}
