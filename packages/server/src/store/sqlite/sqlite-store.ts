import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { Fault, isFaultCode } from "../../kernel/faults.ts";
import type { Store } from "../store.ts";
import { packArgs, unpackValue } from "./crossing.ts";
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

const THREAD_PROGRAM = new URL("./thread.ts", import.meta.url);

/**
 * What crosses to the store's threads lives for one transaction. With V8's usual room for young objects, that garbage
 * is most of the process's memory under load; with this much it is collected as fast.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 12 };

interface Waiting {
  readonly operation: StoreRequest["operation"];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Fault) => void;
}

export interface OpenOptions {
  readonly serve: boolean;
  /** A thread of the store has died. No call succeeds any more: all that helps is to end the process and start anew. */
  readonly onCrash?: (fault: Fault) => void;
}

/**
 * The SQLite home. `serve` takes the data folder for this process alone; without it (the CLI beside a running server)
 * several processes may read and write, which SQLite's own locks order.
 *
 * @throws Fault DATA_IN_USE, DATA_TOO_NEW, STORE_FAILED
 */
export async function openSqliteStore(folder: string, { serve, onCrash }: OpenOptions): Promise<Store> {
  const lock = takeFolder(folder, serve);
  const file = join(folder, DATABASE_FILE);
  try {
    // The reader comes second: it cannot create the file, and must see the schema that the writer brings.
    const writer = await StoreThread.start({ file, role: "write" }, { onCrash });
    try {
      const reader = await StoreThread.start({ file, role: "read" }, { onCrash });
      return new SqliteStore(writer, reader, () => lock?.close());
    } catch (error) {
      await writer.close();
      throw error;
    }
  } catch (error) {
    lock?.close();
    throw error;
  }
}

/** SQLite's primary result codes for what another connection holds (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

function takeFolder(folder: string, serve: boolean): DatabaseSync | null {
  try {
    mkdirSync(folder, { recursive: true });
    return serve ? lockFolder(folder) : null;
  } catch (cause) {
    const errcode = (cause as { errcode?: number }).errcode ?? 0;
    if (errcode % 256 === SQLITE_BUSY || errcode % 256 === SQLITE_LOCKED) {
      throw new Fault("DATA_IN_USE", { detail: folder, cause });
    }
    throw new Fault("STORE_FAILED", { detail: `${folder}: ${(cause as Error).message}`, cause });
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
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** One thread and the calls that wait for its answers. Exported for its test. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  readonly #onCrash: (fault: Fault) => void;
  /** Why nothing can be asked any more. */
  #end: Fault | null = null;

  private constructor(worker: Worker, onCrash: (fault: Fault) => void) {
    this.#worker = worker;
    this.#onCrash = onCrash;
    worker.on("message", (answers: readonly StoreAnswer[]) => {
      for (const answer of answers) this.#settle(answer);
    });
    worker.on("error", (error) => this.#failAll(crashed(error)));
    worker.on("exit", () => this.#failAll(crashed(new Error("the store's thread has ended"))));
  }

  /** `program` is the thread's own file, unless a test puts another in its place. */
  static async start(
    options: ThreadOptions,
    {
      program = THREAD_PROGRAM,
      onCrash = () => {},
    }: { program?: URL; onCrash?: OpenOptions["onCrash"] | undefined } = {},
  ): Promise<StoreThread> {
    const worker = new Worker(program, { workerData: options, resourceLimits: RESOURCE_LIMITS });
    const greeting = await new Promise<ThreadGreeting>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", (error) => reject(crashed(error)));
      // It may end without a word: out of memory, or told to by the system.
      worker.once("exit", (status) => reject(crashed(new Error(`the store's thread ended with ${status}`))));
    });
    worker.removeAllListeners("error");
    worker.removeAllListeners("exit");
    if ("fault" in greeting) {
      const { code, detail } = greeting.fault;
      throw new Fault(isFaultCode(code) ? code : "STORE_FAILED", { detail });
    }
    return new StoreThread(worker, onCrash);
  }

  call<Result>(operation: StoreRequest["operation"], args: readonly unknown[]): Promise<Result> {
    if (this.#end !== null) return Promise.reject(this.#end);
    if (operation === "close") this.#end = new Fault("STORE_CLOSED");
    this.#lastId += 1;
    const request: StoreRequest = { id: this.#lastId, operation, args: packArgs(operation, args) };
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(request.id, { operation, resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage(request);
    });
  }

  /** Does nothing when it has ended already. @throws Fault STORE_FAILED when the file could not be closed in order */
  async close(): Promise<void> {
    if (this.#end === null) await this.call("close", []);
  }

  #settle(answer: StoreAnswer) {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("value" in answer) {
      // Here and not in a promise of its own: answers are acted on in their order, with no turn between.
      waiting?.resolve(unpackValue(waiting.operation, answer.value));
      return;
    }
    const { code, detail } = answer.fault;
    waiting?.reject(new Fault(isFaultCode(code) ? code : "STORE_FAILED", { detail }));
  }

  #failAll(fault: Fault) {
    const isCrash = this.#end === null;
    this.#end ??= fault;
    for (const waiting of this.#waiting.values()) waiting.reject(fault);
    this.#waiting.clear();
    if (isCrash) this.#onCrash(fault);
  }
}

function crashed(error: Error): Fault {
  return new Fault("STORE_FAILED", { detail: error.message, cause: error });
}

class SqliteStore implements Store {
  readonly #writer: StoreThread;
  readonly #reader: StoreThread;
  readonly #unlock: () => void;
  #closing: Promise<void> | null = null;

  constructor(writer: StoreThread, reader: StoreThread, unlock: () => void) {
    this.#writer = writer;
    this.#reader = reader;
    this.#unlock = unlock;
  }

  readonly insertMessages = this.#write("insertMessages");
  readonly storeInbound = this.#write("storeInbound");
  readonly takeInbox = this.#write("takeInbox");
  readonly keepInboundParts = this.#write("keepInboundParts");
  readonly dueInboundGroups = this.#read("dueInboundGroups");
  readonly claimDue = this.#write("claimDue");
  readonly moveMessages = this.#write("moveMessages");
  readonly moveToRoutes = this.#write("moveToRoutes");
  readonly applyReceipts = this.#write("applyReceipts");
  readonly rematchReceipts = this.#write("rematchReceipts");
  readonly expireLeases = this.#write("expireLeases");
  readonly takeReports = this.#write("takeReports");
  readonly claimWebhooks = this.#write("claimWebhooks");
  readonly settleWebhooks = this.#write("settleWebhooks");
  readonly claimSmppDeliveries = this.#write("claimSmppDeliveries");
  readonly settleSmppDeliveries = this.#write("settleSmppDeliveries");
  readonly replayWebhooks = this.#write("replayWebhooks");
  readonly saveApiKey = this.#write("saveApiKey");
  readonly insertEvents = this.#write("insertEvents");
  readonly recordClicks = this.#write("recordClicks");
  readonly changeDocuments = this.#write("changeDocuments");
  readonly changeBulkStatus = this.#write("changeBulkStatus");
  readonly rescheduleBulk = this.#write("rescheduleBulk");
  readonly confirmConversion = this.#write("confirmConversion");
  readonly addToBlocklist = this.#write("addToBlocklist");
  readonly removeFromBlocklist = this.#write("removeFromBlocklist");
  readonly insertLookups = this.#write("insertLookups");
  readonly makeFailovers = this.#write("makeFailovers");
  readonly purge = this.#write("purge");
  readonly dueChecks = this.#read("dueChecks");
  readonly findLogs = this.#read("findLogs");
  readonly findMessage = this.#read("findMessage");
  readonly findByCarrierId = this.#read("findByCarrierId");
  readonly findInDoubt = this.#read("findInDoubt");
  readonly findLastInbound = this.#read("findLastInbound");
  readonly findWindows = this.#read("findWindows");
  readonly findBulk = this.#read("findBulk");
  readonly findRequest = this.#read("findRequest");
  readonly findShortLink = this.#read("findShortLink");
  readonly findDocument = this.#read("findDocument");
  readonly listDocuments = this.#read("listDocuments");
  readonly findBlocked = this.#read("findBlocked");
  readonly listBlocklist = this.#read("listBlocklist");
  readonly findLookups = this.#read("findLookups");
  readonly listWebhooks = this.#read("listWebhooks");
  readonly waitingRoutes = this.#read("waitingRoutes");
  readonly findWaiting = this.#read("findWaiting");
  readonly listUnmatchedReceipts = this.#read("listUnmatchedReceipts");
  readonly ledger = this.#read("ledger");
  readonly listApiKeys = this.#read("listApiKeys");
  readonly findApiKeyByHash = this.#read("findApiKeyByHash");
  readonly dueFailovers = this.#read("dueFailovers");
  readonly findFailover = this.#read("findFailover");

  /** Asked twice, it is done once. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll() {
    // The writer last: it takes the log into the file, which it can only while nobody reads. The folder is given back
    // whatever happens.
    try {
      await this.#reader.close();
    } finally {
      try {
        await this.#writer.close();
      } finally {
        this.#unlock();
      }
    }
  }

  #write<Name extends WriteOperation>(operation: Name): Store[Name] {
    return ((...args: unknown[]) => this.#writer.call(operation, args)) as Store[Name];
  }

  #read<Name extends ReadOperation>(operation: Name): Store[Name] {
    return ((...args: unknown[]) => this.#reader.call(operation, args)) as Store[Name];
  }
}
