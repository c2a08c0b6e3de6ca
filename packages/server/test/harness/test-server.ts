import { after } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Carrier } from "../../src/carrier/carrier.ts";
import { loadConfig } from "../../src/config/config.ts";
import { createKeyId, createSecret, DEFAULT_ACCOUNT_ID, hashSecret, SCOPE_ALL } from "../../src/http/key-ring.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { type Log, silentLog } from "../../src/kernel/log.ts";
import { seededRandom } from "../../src/kernel/random.ts";
import { type RunningServer, startServer } from "../../src/main.ts";
import type { CreateCarrier } from "../../src/composition/routing.ts";
import type { ApiKeyRecord, LedgerRow, MessageRecord } from "../../src/store/store.ts";
import { ApiClient } from "./api-client.ts";
import { until } from "./until.ts";

const API_KEY = "a-key-for-tests";

/** Whoever ends what a test has begun: the context of a test, or `cleanupAfterFile()`. */
export interface Cleanup {
  after(work: () => Promise<void>): void;
}

/** For what all tests of a file share. To be called outside of any test and hook, or it would be that one's. */
export function cleanupAfterFile(): Cleanup {
  return { after };
}

const worksOf = new WeakMap<Cleanup, (() => Promise<void>)[]>();

/** What was begun last ends first, so that no server loses its folder while it runs. */
export function atEnd(cleanup: Cleanup, work: () => Promise<void>) {
  const known = worksOf.get(cleanup);
  const works = known ?? [];
  works.push(work);
  if (known !== undefined) return;
  worksOf.set(cleanup, works);
  cleanup.after(async () => {
    for (const next of works.toReversed()) await next();
  });
}

export interface TestServerOptions {
  /** By dotted path, on top of the tests' own defaults. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly clock?: Clock;
  /** They come before the sandbox, so they get everything. */
  readonly carriers?: readonly Carrier[];
  /** A configuration file; a reload reads it again. */
  readonly configFile?: string;
  readonly createCarrier?: CreateCarrier;
  /** An existing data folder; whoever made it removes it. */
  readonly folder?: string;
  readonly log?: Log;
}

export interface WebhookRow {
  readonly messageId: string;
  readonly attempts: number;
  readonly dueAt: number | null;
  readonly deliveredAt: number | null;
  readonly lastError: string | null;
}

/** A real server on a port of its own, with a data folder that is gone after the test. */
export class TestServer {
  readonly folder: string;
  readonly client: ApiClient;
  readonly #server: RunningServer;
  #stopping: Promise<void> | null = null;

  constructor(folder: string, server: RunningServer) {
    this.folder = folder;
    this.#server = server;
    this.client = new ApiClient(server.url, API_KEY);
  }

  get url(): string {
    return this.#server.url;
  }

  get store(): RunningServer["store"] {
    return this.#server.store;
  }

  get sandbox(): NonNullable<RunningServer["sandbox"]> {
    const { sandbox } = this.#server;
    if (sandbox === null) throw new Error("this server has no sandbox");
    return sandbox;
  }

  reload(): ReturnType<RunningServer["reload"]> {
    return this.#server.reload();
  }

  /** May be called again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#server.stop();
    return this.#stopping;
  }

  message(messageId: string): Promise<MessageRecord | null> {
    return this.store.findMessage(DEFAULT_ACCOUNT_ID, messageId);
  }

  /** Waits until a message is in one of the states. */
  untilState(messageId: string, states: readonly string[], between?: () => unknown): Promise<MessageRecord> {
    const look = async () => {
      const record = await this.message(messageId);
      return record !== null && states.includes(record.state) ? record : null;
    };
    return until(`${messageId} is ${states.join(" or ")}`, look, between);
  }

  /** All rows of the ledger in one; throws when the books do not close. */
  async ledger(): Promise<Omit<LedgerRow, "channel" | "carrier">> {
    const sum = { accepted: 0, delivered: 0, undeliverable: 0, expired: 0, rejected: 0, canceled: 0, open: 0 };
    for (const row of await this.store.ledger()) {
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += row[name];
    }
    const ended = sum.delivered + sum.undeliverable + sum.expired + sum.rejected + sum.canceled;
    if (sum.accepted !== ended + sum.open) throw new Error(`the ledger does not close: ${JSON.stringify(sum)}`);
    return sum;
  }

  /** Waits until every accepted message has ended. */
  untilAllEnded(between?: () => unknown) {
    return until(
      "all messages have ended",
      async () => ((await this.ledger()).open === 0 ? this.ledger() : null),
      between,
    );
  }

  /**
   * Resolves when the store has done all that was asked of it before: its writer answers in order. What was asked
   * because of those answers may still be on its way, so it goes round a few times.
   */
  async settle() {
    for (let round = 0; round < 5; round += 1) {
      await this.store.insertMessages([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Straight from the file, since no query shows them yet. */
  webhooks(): readonly WebhookRow[] {
    const database = new DatabaseSync(join(this.folder, "posthorn.db"), { readOnly: true });
    try {
      return database
        .prepare(
          `select m.message_id as "messageId", w.attempts, w.due_at as "dueAt", w.delivered_at as "deliveredAt",
            w.last_error as "lastError"
          from webhook w join message m on m.seq = w.message_seq order by w.id`,
        )
        .all() as unknown as WebhookRow[];
    } finally {
      database.close();
    }
  }

  /** A key of its own, and the client that uses it. */
  async addKey(key: Partial<ApiKeyRecord> = {}): Promise<{ id: string; secret: string; client: ApiClient }> {
    const [id, secret] = [createKeyId(), createSecret()];
    await this.store.saveApiKey({
      id,
      accountId: DEFAULT_ACCOUNT_ID,
      name: "test",
      secretHash: hashSecret(secret),
      scopes: [SCOPE_ALL],
      createdAt: 0,
      validUntil: null,
      revokedAt: null,
      ...key,
    });
    return { id, secret, client: new ApiClient(this.url, secret) };
  }
}

export function createFolder(cleanup: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-test-"));
  atEnd(cleanup, async () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export async function startTestServer(cleanup: Cleanup, options: TestServerOptions = {}): Promise<TestServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "posthorn-test-"));
  const read = () =>
    loadConfig({
      file: options.configFile,
      env: {},
      flags: {
        "data.directory": folder,
        "http.port": 0,
        "auth.apiKey": API_KEY,
        "sandbox.deliveryDelayMs": 0,
        "sandbox.examples": false,
        "log.level": "silent",
        ...options.settings,
      },
    }).config;
  const config = read();
  const server = await startServer(config, {
    log: options.log ?? silentLog,
    readConfig: read,
    ...(options.createCarrier === undefined ? {} : { createCarrier: options.createCarrier }),
    random: seededRandom(1),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.carriers === undefined ? {} : { carriers: options.carriers }),
  });
  const testServer = new TestServer(folder, server);
  atEnd(cleanup, async () => {
    await testServer.stop();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return testServer;
}
