/**
 * `@posthorn/server/testing`: a whole Posthorn inside a test. It knows no test runner, so any that runs on Node
 * will do; ours is node:test.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxMessage } from "@posthorn/contract";
import { loadConfig } from "./config/config.ts";
import { createSecret, DEFAULT_ACCOUNT_ID } from "./http/key-ring.ts";
import { silentLog } from "./kernel/log.ts";
import { startServer } from "./main.ts";
import type { PhoneMessage } from "./sandbox/phone-writer.ts";
import type { PhoneFilter } from "./sandbox/phones.ts";
import type { SandboxCarrier } from "./sandbox/sandbox-carrier.ts";

export type { PhoneFilter, SandboxMessage };

const WAIT_DEFAULT_MS = 5_000;

/** By their dotted path, as docs/configuration.md lists them: `{ "sandbox.deliveryDelayMs": 10 }`. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface TestPhones {
  /** What the phones received, the newest first. Without a filter, everything. */
  messages(filter?: PhoneFilter): readonly SandboxMessage[];
  /**
   * The newest message that fits, as soon as there is one; one that is there already counts. Rejects after `timeoutMs`
   * (5000 unless given) and names what came instead.
   */
  waitFor(filter?: PhoneFilter, options?: { readonly timeoutMs?: number }): Promise<SandboxMessage>;
  /**
   * The phone that got the message answers it, by the same channel. Resolves when the answer is on disk: the webhook comes after. With
   * `inParts`, a text of several parts arrives part by part.
   *
   * @throws TypeError when the message's sender is a name, to which no phone can write
   */
  reply(message: SandboxMessage, text: string, options?: { readonly inParts?: boolean }): Promise<void>;
  /** The user of a WhatsApp message has read it. Resolves when that is on disk. @throws TypeError when no phone has it */
  see(message: SandboxMessage): Promise<void>;
  /** Some phone writes to some number, by SMS where no channel is named. Otherwise as `reply`. */
  write(message: {
    readonly channel?: "SMS" | "WHATSAPP";
    readonly from: string;
    readonly to: string;
    readonly text: string;
    readonly inParts?: boolean;
  }): Promise<void>;
  /** The phones forget everything. */
  clear(): void;
}

export interface TestPosthorn extends AsyncDisposable {
  /** For example http://127.0.0.1:40123, without a slash at the end. */
  readonly url: string;
  /** An API key that may do everything. */
  readonly key: string;
  readonly phones: TestPhones;
  /** Ends the server and removes its data. May be called again. `await using` calls it at the end of the block. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a free port of the loopback address, with a data folder of its own. Neither a file nor the
 * environment is read, so that a test does not depend on them. Phones get their messages at once unless
 * `sandbox.deliveryDelayMs` says otherwise.
 *
 * @throws ConfigError for a setting that does not exist or does not fit
 */
export async function startPosthorn(settings: Settings = {}): Promise<TestPosthorn> {
  const key = createSecret();
  const folder = await mkdtemp(join(tmpdir(), "posthorn-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const { config } = loadConfig({
      env: {},
      flags: {
        "http.port": 0,
        "data.directory": folder,
        "sandbox.deliveryDelayMs": 0,
        ...settings,
        "auth.apiKey": key,
        "sandbox.enabled": true,
      },
    });
    const server = await startServer(config, { log: silentLog });
    const { sandbox } = server;
    if (sandbox === null) throw new Error("the sandbox was enabled and is not there");
    let stopping: Promise<void> | null = null;
    const stop = () => (stopping ??= server.stop().then(remove));
    return { url: server.url, key, phones: phonesOf(sandbox), stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

function phonesOf(sandbox: SandboxCarrier): TestPhones {
  const { phones } = sandbox;
  const write = async (message: Omit<PhoneMessage, "accountId">) => {
    const obstacle = sandbox.obstacleTo(message.to, message.channel);
    if (obstacle !== null) throw new TypeError(`${message.to} ${obstacle}`);
    await sandbox.write({ ...message, accountId: DEFAULT_ACCOUNT_ID });
  };
  return {
    write,
    reply: ({ messageId: inReplyTo, from: to, to: from, channel }, text, { inParts = false } = {}) =>
      write({ channel: channel === "WHATSAPP" ? "WHATSAPP" : "SMS", from, to, text, inParts, inReplyTo }),
    async see({ messageId }) {
      const bearer = phones.bearerOf(DEFAULT_ACCOUNT_ID, messageId);
      if (bearer === null) throw new TypeError(`no phone has the message ${messageId}`);
      await sandbox.see(bearer.carrierMessageId);
    },
    messages: (filter) => phones.messages(DEFAULT_ACCOUNT_ID, filter),
    clear: () => phones.clear(DEFAULT_ACCOUNT_ID),
    async waitFor(filter = {}, { timeoutMs = WAIT_DEFAULT_MS } = {}) {
      const [message] = await phones.waitFor(DEFAULT_ACCOUNT_ID, filter, timeoutMs);
      if (message !== undefined) return message;
      const others = phones.messages(DEFAULT_ACCOUNT_ID).map(({ from, to, text }) => `${from} to ${to}: ${text}`);
      const instead = others.length === 0 ? "none came" : `there are only:\n${others.slice(0, 10).join("\n")}`;
      throw new Error(`no message fits ${JSON.stringify(filter)} after ${timeoutMs} ms; ${instead}`);
    },
  };
}
