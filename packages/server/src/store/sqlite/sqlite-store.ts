import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { Fault, isFaultCode } from "../../kernel/faults.ts";
import type { Store } from "../store.ts";
import type {
  ReadOperation,
  StoreAnswer,
  StoreRequest,
  ThreadGreeting,
  ThreadOptions,
  WriteOperation,
} from "./protocol.ts";

export const DATABASE_FILE = "posthorn.db";
const LOCK_FILE = "posthorn.lock";

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Fault) => void;
}

/**
 * The SQLite home. `serve` takes the data folder for this process alone; without it (the CLI beside a running server)
 * several processes may read and write, which SQLite's own locks order.
 *
 * @throws Fault DATA_IN_USE, DATA_TOO_NEW, STORE_FAILED
 */
export async function openSqliteStore(folder: string, options: { readonly serve: boolean }): Promise<Store> {
  mkdirSync(folder, { recursive: true });
  const lock = options.serve ? lockFolder(folder) : null;
  const file = join(folder, DATABASE_FILE);
  try {
    // The reader comes second: it cannot create the file, and must see the schema that the writer brings.
    const writer = await StoreThread.start({ file, role: "write" });
    const reader = await StoreThread.start({ file, role: "read" });
    return new SqliteStore(writer, reader, () => lock?.close());
  } catch (error) {
    lock?.close();
    throw error;
  }
}

/**
 * A transaction that never ends, on a file of its own: the system lets go of it when the process ends, however it
 * ends, so there is no stale lock file to remove by hand.
 */
function lockFolder(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec("pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive;");
    return lock;
  } catch (cause) {
    lock.close();
    throw new Fault("DATA_IN_USE", { detail: folder, cause });
  }
}

/** One thread and the calls that wait for its answers. */
class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isClosed = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answers: readonly StoreAnswer[]) => {
      for (const answer of answers) this.#settle(answer);
    });
    worker.on("error", (error) => this.#failAll(new Fault("STORE_FAILED", { detail: error.message, cause: error })));
    worker.on("exit", () => this.#failAll(new Fault("STORE_CLOSED")));
  }

  static async start(options: ThreadOptions): Promise<StoreThread> {
    const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: options });
    const greeting = await new Promise<ThreadGreeting>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    worker.removeAllListeners("error");
    if ("fault" in greeting) {
      const { code, detail } = greeting.fault;
      throw new Fault(isFaultCode(code) ? code : "STORE_FAILED", { detail });
    }
    return new StoreThread(worker);
  }

  call<Result>(operation: StoreRequest["operation"], args: readonly unknown[]): Promise<Result> {
    if (this.#isClosed) return Promise.reject(new Fault("STORE_CLOSED"));
    if (operation === "close") this.#isClosed = true;
    this.#lastId += 1;
    const request: StoreRequest = { id: this.#lastId, operation, args };
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage(request);
    });
  }

  #settle(answer: StoreAnswer) {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("value" in answer) {
      waiting?.resolve(answer.value);
      return;
    }
    const { code, detail } = answer.fault;
    waiting?.reject(new Fault(isFaultCode(code) ? code : "STORE_FAILED", { detail }));
  }

  #failAll(fault: Fault) {
    this.#isClosed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(fault);
    this.#waiting.clear();
  }
}

class SqliteStore implements Store {
  readonly #writer: StoreThread;
  readonly #reader: StoreThread;
  readonly #unlock: () => void;

  constructor(writer: StoreThread, reader: StoreThread, unlock: () => void) {
    this.#writer = writer;
    this.#reader = reader;
    this.#unlock = unlock;
  }

  readonly insertMessages = this.#write("insertMessages");
  readonly claimDue = this.#write("claimDue");
  readonly moveMessages = this.#write("moveMessages");
  readonly applyReceipts = this.#write("applyReceipts");
  readonly expireLeases = this.#write("expireLeases");
  readonly takeReports = this.#write("takeReports");
  readonly claimWebhooks = this.#write("claimWebhooks");
  readonly settleWebhooks = this.#write("settleWebhooks");
  readonly saveApiKey = this.#write("saveApiKey");
  readonly purge = this.#write("purge");
  readonly dueChecks = this.#read("dueChecks");
  readonly findLogs = this.#read("findLogs");
  readonly findMessage = this.#read("findMessage");
  readonly ledger = this.#read("ledger");
  readonly listApiKeys = this.#read("listApiKeys");
  readonly findApiKeyByHash = this.#read("findApiKeyByHash");

  async close() {
    await this.#reader.call("close", []);
    await this.#writer.call("close", []);
    this.#unlock();
  }

  #write<Name extends WriteOperation>(operation: Name): Store[Name] {
    return ((...args: unknown[]) => this.#writer.call(operation, args)) as Store[Name];
  }

  #read<Name extends ReadOperation>(operation: Name): Store[Name] {
    return ((...args: unknown[]) => this.#reader.call(operation, args)) as Store[Name];
  }
}
