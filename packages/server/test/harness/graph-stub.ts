import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { atEnd, type Cleanup } from "./test-server.ts";

export const APP_SECRET = "app-secret";
export const VERIFY_TOKEN = "verify-token";
export const TOKEN = "system-user-token";
export const NUMBER = "441134960000";
export const PHONE_NUMBER_ID = "106540352242922";

export interface GraphCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is answered: a body as JSON, `hang`, `reset`, or what a function does with the response. */
export type GraphReply = object | "hang" | "reset" | ((response: ServerResponse) => void);

/** As much of the Graph API as one test needs: every call is kept, and each answer is the test's own. */
export class GraphStub {
  readonly calls: GraphCall[] = [];
  /** Asked for each call; `nth` counts from 1. */
  reply: (call: GraphCall, nth: number) => GraphReply | Promise<GraphReply> = (_call, nth) => taken(`wamid.${nth}`);
  #url = "";

  static async start(cleanup: Cleanup): Promise<GraphStub> {
    const stub = new GraphStub();
    const server = createServer((request, response) => void stub.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stub.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    atEnd(cleanup, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return stub;
  }

  get url(): string {
    return this.#url;
  }

  /** Messages alone, as they were posted. */
  get sent(): readonly GraphCall["body"][] {
    return this.calls.filter(({ path }) => path.endsWith("/messages")).map(({ body }) => body);
  }

  async #serve(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = request;
    const call = { method, path, headers, body: await bodyOf(Buffer.concat(chunks), headers["content-type"] ?? "") };
    this.calls.push(call);
    const reply = await this.reply(call, this.calls.length);
    if (reply === "reset") request.socket.resetAndDestroy();
    else if (typeof reply === "function") reply(response);
    else if (reply !== "hang")
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
  }
}

/** JSON, or a form with the texts of its files. */
async function bodyOf(bytes: Buffer, type: string): Promise<GraphCall["body"]> {
  if (bytes.length === 0) return {};
  if (!type.startsWith("multipart/")) return JSON.parse(bytes.toString("utf8")) as GraphCall["body"];
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
  const members = [...form].map(async ([name, value]) => [
    name,
    typeof value === "string" ? value : await value.text(),
  ]);
  return Object.fromEntries((await Promise.all(members)) as [string, string][]);
}

export const taken = (wamid: string) => ({
  messaging_product: "whatsapp",
  contacts: [{ input: "1", wa_id: "1" }],
  messages: [{ id: wamid }],
});

export const graphError = (code: number, more: object = {}) => ({
  error: {
    message: `(#${code}) no`,
    type: "OAuthException",
    code,
    error_data: { details: `details of ${code}` },
    ...more,
  },
});

/** A webhook's body about one number. */
export const notificationOf = (value: object, phoneNumberId = PHONE_NUMBER_ID) => ({
  object: "whatsapp_business_account",
  entry: [
    {
      id: "419561257915477",
      changes: [
        {
          field: "messages",
          value: {
            messaging_product: "whatsapp",
            metadata: { display_phone_number: NUMBER, phone_number_id: phoneNumberId },
            ...value,
          },
        },
      ],
    },
  ],
});

/** As Meta writes and signs it: what is not ASCII as \uXXXX. */
export function signed(payload: unknown, secret = APP_SECRET) {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const text = JSON.stringify(payload).replaceAll(/[\u007f-\uffff]/g, escaped);
  return { text, signature: `sha256=${createHmac("sha256", secret).update(text).digest("hex")}` };
}

/** An entry of `carriers` for it. The secrets are in these environment variables, which `withSecrets` sets. */
export const cloudEntry = (baseUrl: string, more: object = {}) => ({
  type: "whatsapp-cloud",
  baseUrl,
  token: { env: "POSTHORN_TEST_TOKEN" },
  appSecret: { env: "POSTHORN_TEST_APP_SECRET" },
  verifyToken: { env: "POSTHORN_TEST_VERIFY_TOKEN" },
  senders: [{ number: NUMBER, phoneNumberId: PHONE_NUMBER_ID }],
  ...more,
});

export const CLOUD_SECRETS = {
  POSTHORN_TEST_TOKEN: TOKEN,
  POSTHORN_TEST_APP_SECRET: APP_SECRET,
  POSTHORN_TEST_VERIFY_TOKEN: VERIFY_TOKEN,
} as const;
