import type { HttpOptions, HttpRequest, HttpResponse, LogEvent, Runtime } from "../src/core/runtime.ts";

/** What one attempt meets: an answer, or an error that `http` rejects with. */
export type Reply = Partial<HttpResponse> & {
  readonly json?: unknown;
  readonly error?: Error;
  readonly tookMs?: number;
};

export interface FakeRuntime extends Runtime {
  readonly requests: HttpRequest[];
  readonly options: HttpOptions[];
  readonly sleepsMs: number[];
  readonly events: LogEvent[];
  nowMs: number;
}

/** A host in memory: replies in order, the last one again and again; time passes only in `sleep` and `tookMs`. */
export function fakeRuntime(replies: readonly Reply[], extra: Partial<Runtime> = {}): FakeRuntime {
  const runtime: FakeRuntime = {
    requests: [],
    options: [],
    sleepsMs: [],
    events: [],
    nowMs: Date.parse("2026-01-01T00:00:00Z"),
    now: () => runtime.nowMs,
    random: () => 0.5,
    log: (event) => void runtime.events.push(event),
    async sleep(delayMs) {
      runtime.sleepsMs.push(delayMs);
      runtime.nowMs += delayMs;
    },
    async http(request, options) {
      runtime.requests.push(request);
      runtime.options.push(options);
      const reply = replies[Math.min(runtime.requests.length, replies.length) - 1];
      if (reply === undefined) throw new Error("the test gave no reply");
      runtime.nowMs += reply.tookMs ?? 0;
      if (reply.error !== undefined) throw reply.error;
      const bodyText = reply.bodyText ?? (reply.json === undefined ? "" : JSON.stringify(reply.json));
      return { status: reply.status ?? 200, headers: reply.headers ?? {}, bodyText };
    },
    ...extra,
  };
  return runtime;
}

export const SMS_INPUT = { sender: "Shop", to: ["385000000001", "385000000002"], text: "Hello" };
export const WHATSAPP_INPUT = { from: "385000000009", to: "385000000001", text: "Hello" };

export const PENDING = { groupId: 1, groupName: "PENDING", id: 26, name: "PENDING_ACCEPTED", description: "ok" };
export const DUPLICATE = {
  groupId: 5,
  groupName: "REJECTED",
  id: 23,
  name: "REJECTED_DUPLICATE_MESSAGE_ID",
  description: "dup",
};

/** An answer to SMS_INPUT with these statuses. */
export function smsAnswer(...statuses: readonly object[]): Reply {
  return {
    json: {
      bulkId: "b",
      messages: statuses.map((status, index) => ({ messageId: `m${index}`, status, destination: String(index) })),
    },
  };
}

/** An error as Node's fetch throws it. */
export function fetchFailed(code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(`it was ${code}`), { code }) });
}

export const TEMPLATE_INPUT = { from: "385000000009", to: "385000000001", templateName: "order_shipped" };

/** A template as the server lists it. */
export function listedTemplate(fields: { readonly structure?: object } & Record<string, unknown> = {}): object {
  const { structure, ...others } = fields;
  return {
    id: "1",
    businessAccountId: 2,
    name: "order_shipped",
    language: "en",
    status: "APPROVED",
    category: "UTILITY",
    quality: "UNKNOWN",
    structure: { body: { text: "Hello" }, type: "TEXT", ...structure },
    ...others,
  };
}

export const templatesAnswer = (...templates: readonly object[]): Reply => ({ json: { templates } });
export const TEMPLATE_SENT: Reply = {
  json: { messages: [{ to: "1", messageCount: 1, messageId: "a", status: { id: 7 } }] },
};
