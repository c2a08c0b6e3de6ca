import type { InboundConfigurationRequest } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { Store } from "../store/store.ts";
import { matchKeyword } from "./keyword.ts";

export const CONFIGURATION_KIND = "inbound-configuration";

/** What an account has set up for a number, or for one keyword of it. Kept as a document under its key. */
export interface StoredConfiguration
  extends Pick<
    InboundConfigurationRequest,
    | "channel"
    | "countryCode"
    | "username"
    | "platform"
    | "forwarding"
    | "conversations"
    | "answers"
    | "autoResponse"
    | "blockListConfiguration"
  > {
  readonly configurationKey: string;
  /** The number, as it is compared; of a channel without numbers the resource. */
  readonly address: string;
  /** Null: for every message that no keyword leads elsewhere. */
  readonly keyword: string | null;
}

export interface OwnedConfiguration extends StoredConfiguration {
  readonly accountId: number;
}

export interface ConfigurationMatch {
  readonly accountId: number;
  /** Null where nothing is set up for the message. */
  readonly configuration: OwnedConfiguration | null;
  readonly keyword: string | null;
  readonly cleanText: string;
}

interface Reading {
  readonly at: number;
  readonly done: Promise<void>;
}

/** Another process may have changed them; what this one changed it knows at once. */
const REREAD_AFTER_MS = 1_000;

/**
 * All configurations by channel and address, in memory: a few thousand small objects, asked for every message that comes
 * in.
 */
export class ConfigurationIndex {
  readonly #store: Pick<Store, "listDocuments">;
  readonly #clock: Clock;
  #byAddress: ReadonlyMap<string, readonly OwnedConfiguration[]> = new Map();
  /** The reading that holds, and when it was begun. */
  #reading: Reading | null = null;

  constructor(store: Pick<Store, "listDocuments">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** One was changed: they are read anew before the next message. */
  forget() {
    this.#reading = null;
  }

  /** To be awaited before `of` and `match`. Whoever comes while they are read waits for the same reading. */
  refresh(): Promise<void> {
    const at = this.#clock.now();
    if (this.#reading !== null && Math.abs(at - this.#reading.at) < REREAD_AFTER_MS) return this.#reading.done;
    const reading: Reading = { at, done: this.#read(() => this.#reading === reading) };
    this.#reading = reading;
    return reading.done;
  }

  /** @param isLatest false when a change or a later reading has overtaken this one: its result is old, then */
  async #read(isLatest: () => boolean): Promise<void> {
    try {
      const documents = await this.#store.listDocuments(null, CONFIGURATION_KIND);
      if (!isLatest()) return this.refresh();
      const all = documents.map(({ accountId, body }) => ({ ...(JSON.parse(body) as StoredConfiguration), accountId }));
      this.#byAddress = Map.groupBy(all, ({ channel, address }) => indexKey(channel, address));
    } catch (error) {
      if (isLatest()) this.#reading = null;
      throw error;
    }
  }

  /** In the order of their creation. */
  of(channel: string, address: string): readonly OwnedConfiguration[] {
    return this.#byAddress.get(indexKey(channel, address)) ?? [];
  }

  /** Whose number it is: whoever set it up first, or `fallback`. */
  ownerOf(channel: string, address: string, fallback: number): number {
    return this.of(channel, address)[0]?.accountId ?? fallback;
  }

  /** The longest keyword decides, then the configuration without one. `text` null: there is nothing to read (binary). */
  match(
    accountId: number,
    channel: string,
    address: string,
    text: string | null,
  ): Omit<ConfigurationMatch, "accountId"> {
    const own = this.of(channel, address).filter((configuration) => configuration.accountId === accountId);
    let best: Omit<ConfigurationMatch, "accountId"> = {
      configuration: own.find(({ keyword }) => keyword === null) ?? null,
      keyword: null,
      cleanText: text ?? "",
    };
    if (text === null) return best;
    for (const configuration of own) {
      const { keyword } = configuration;
      if (keyword === null || keyword.length <= (best.keyword?.length ?? 0)) continue;
      const cleanText = matchKeyword(text, keyword);
      if (cleanText !== null) best = { configuration, keyword, cleanText };
    }
    return best;
  }
}

function indexKey(channel: string, address: string): string {
  return `${channel} ${address}`;
}
