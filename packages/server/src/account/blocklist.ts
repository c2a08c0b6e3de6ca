import type {
  BlocklistCreateRequest,
  BlocklistDeleteRequest,
  BlocklistGetResponse,
  BlocklistQuery,
  ViewableChannel,
} from "@posthorn/contract";
import { BLOCKLIST_DESTINATIONS_MAX, parseDate } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { parseDestination } from "../message/destination.ts";
import type { BlocklistEntry, BlocklistFilter, BlocklistRemoval, Store } from "../store/store.ts";
import { accountKeyOf } from "./account-key.ts";

/** Entries in one commit: what others wait for meanwhile is a fraction of a second. */
const ENTRIES_PER_COMMIT_MAX = 5_000;
const PAGE_SIZE_DEFAULT = 100;

export type NewBlocklistEntry = Omit<BlocklistEntry, "createdAt">;

export interface BlocklistOptions {
  readonly store: Pick<Store, "addToBlocklist" | "removeFromBlocklist" | "listBlocklist">;
  readonly clock: Clock;
  readonly onAdded: (accountId: number) => void;
}

/** An account's blocklist, as other stages (a phone wrote STOP or START) and as its clients use it. */
export class BlocklistDesk {
  readonly #options: BlocklistOptions;

  constructor(options: BlocklistOptions) {
    this.#options = options;
  }

  /** Resolves when a send that is accepted after it sees the entries. Duplicates are left out. */
  async add(entries: readonly NewBlocklistEntry[]) {
    const { store, clock, onAdded } = this.#options;
    const createdAt = clock.now();
    try {
      for (const some of inCommits(entries)) {
        await store.addToBlocklist(
          some.map((entry) => ({ ...entry, destination: normalised(entry.destination), createdAt })),
        );
      }
    } finally {
      // Also when a later commit failed: the earlier ones are there.
      for (const accountId of new Set(entries.map((entry) => entry.accountId))) onAdded(accountId);
    }
  }

  async remove(removals: readonly BlocklistRemoval[]) {
    for (const some of inCommits(removals)) {
      await this.#options.store.removeFromBlocklist(
        some.map((removal) => ({ ...removal, destination: normalised(removal.destination) })),
      );
    }
  }

  /** `POST /platform/1/blocklists`. It is done when it is answered, though Infobip only promises to. */
  async create(accountId: number, { blocklist }: BlocklistCreateRequest) {
    refuseTooMany(blocklist);
    await this.add(
      blocklist.flatMap(({ destinations, sender = "", channel = "" }) =>
        destinations.map(({ to }) => ({
          accountId,
          destination: to,
          sender,
          channel,
          sourceType: "CUSTOM" as const,
          campaign: null,
        })),
      ),
    );
  }

  /** `DELETE /platform/1/blocklists`. */
  async delete(accountId: number, { blocklist }: BlocklistDeleteRequest) {
    refuseTooMany(blocklist);
    await this.remove(
      blocklist.flatMap(({ destinations, sender = "", channel = "", sourceType = null }) =>
        destinations.map(({ to }) => ({ accountId, destination: to, sender, channel, sourceType })),
      ),
    );
  }

  /** `GET /platform/1/blocklists`. */
  async list(accountId: number, query: BlocklistQuery): Promise<BlocklistGetResponse> {
    const { page = 0, size = PAGE_SIZE_DEFAULT } = query;
    const { entries, total } = await this.#options.store.listBlocklist({
      ...filterOf(query),
      accountId,
      limit: size,
      offset: page * size,
    });
    return {
      results: entries.map(({ sender, channel, destination, sourceType, campaign, createdAt }) => ({
        ...(sender === "" ? {} : { sender }),
        destination,
        sourceType,
        // What is kept is one of them: nothing else comes in.
        ...(channel === "" ? {} : { channel: channel as ViewableChannel }),
        accountKey: accountKeyOf(accountId),
        createdDate: new Date(createdAt).toISOString(),
        ...(campaign === null ? {} : { campaign }),
      })),
      paging: { page, size, totalPages: Math.ceil(total / size), totalResults: total },
    };
  }
}

function filterOf(query: BlocklistQuery): Partial<BlocklistFilter> {
  const { sender, destination, channel, sourceType, campaign, createdDateFrom, createdDateTo } = query;
  if ((createdDateFrom === undefined) !== (createdDateTo === undefined)) {
    throw new InvalidRequest("request", "created dates must both be present");
  }
  const createdFrom = createdDateFrom === undefined ? undefined : parseDate(createdDateFrom);
  const createdUntil = createdDateTo === undefined ? undefined : parseDate(createdDateTo);
  if (createdFrom !== undefined && createdUntil !== undefined && createdFrom > createdUntil) {
    throw new InvalidRequest("request", "createdDateFrom must be before createdDateTo");
  }
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(destination === undefined ? {} : { destination: normalised(destination) }),
    ...(channel === undefined ? {} : { channel }),
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(createdFrom === undefined ? {} : { createdFrom }),
    ...(createdUntil === undefined ? {} : { createdUntil }),
  };
}

/** Numbers in the form in which messages have theirs, addresses of e-mail in small letters, all else as it is. */
function normalised(to: string): string {
  const parsed = parseDestination("WHATSAPP", to);
  if ("address" in parsed) return parsed.address;
  return to.includes("@") ? to.trim().toLowerCase() : to.trim();
}

function refuseTooMany(blocklist: readonly { readonly destinations: readonly unknown[] }[]) {
  const count = blocklist.reduce((sum, { destinations }) => sum + destinations.length, 0);
  if (count > BLOCKLIST_DESTINATIONS_MAX) {
    throw new InvalidRequest("blocklist", `a request may have at most ${BLOCKLIST_DESTINATIONS_MAX} destinations`);
  }
}

function* inCommits<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += ENTRIES_PER_COMMIT_MAX) {
    yield items.slice(start, start + ENTRIES_PER_COMMIT_MAX);
  }
}
