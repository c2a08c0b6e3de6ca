import type { DatabaseSync } from "node:sqlite";
import { endBirthLease, findBirthLeaseFloor, listBirthLeases, setBirthLeaseFloor } from "./statements/birth-leases.ts";

/** Reports that are leased at the same time: far more than whoever pushes has room for. */
const BIRTH_LEASES_MAX = 50_000;
/** Webhooks between the floor on disk and the first that is leased, which a start looks at in vain. */
const FLOOR_STEP = 10_000;

interface BirthLease {
  readonly origin: string;
  readonly leaseUntil: number;
}

/**
 * The reports that were leased at their birth and are not settled. Their rows have no time (migration 0014): when a
 * lease ends is only known here. Whether there is one says the row.
 */
export class BirthLeases {
  readonly #statements: ReturnType<typeof prepareAll>;
  /** By id, in the order of their birth. Null: to be read from the table. */
  #leases: Map<number, BirthLease> | null = null;
  /** What was known before it had to be read again. */
  #former: ReadonlyMap<number, BirthLease> = new Map();
  /** As on disk: no webhook of a lower id is leased at its birth. */
  #floor = 0;
  /** From this id on the floor is moved. */
  #floorUntil = 0;
  /** No lease ends before. */
  #firstEnd = 0;
  /** No lease that was given here ends after. */
  #lastEnd = 0;

  constructor(database: DatabaseSync) {
    this.#statements = prepareAll(database);
  }

  hasRoomFor(count: number): boolean {
    return this.#known().size + count <= BIRTH_LEASES_MAX;
  }

  /** Until when a report for the receiver may be on its way; undefined: none is. */
  endOf(origin: string): number | undefined {
    let end: number | undefined;
    for (const lease of this.#known().values()) {
      if (lease.origin === origin) end = Math.max(end ?? 0, lease.leaseUntil);
    }
    return end;
  }

  /** @param id of the row that was inserted last */
  add(id: number, lease: BirthLease) {
    const leases = this.#known();
    leases.set(id, lease);
    this.#firstEnd = Math.min(this.#firstEnd, lease.leaseUntil);
    this.#lastEnd = Math.max(this.#lastEnd, lease.leaseUntil);
    // Lower than the floor: SQLite gives ids again when the last rows are gone.
    if (id >= this.#floorUntil || id < this.#floor) this.#moveFloor(leases, id);
  }

  /** False: it was not leased at its birth, or that is over. */
  remove(id: number): boolean {
    return this.#known().delete(id);
  }

  /**
   * Those whose lease is over at `until` are due at `dueAt`.
   *
   * @returns the receivers that something is due for
   */
  end(until: number, dueAt: number): ReadonlySet<string> {
    const origins = new Set<string>();
    const leases = this.#known();
    if (until < this.#firstEnd) return origins;
    this.#firstEnd = Number.POSITIVE_INFINITY;
    for (const [id, { origin, leaseUntil }] of leases) {
      if (leaseUntil > until) {
        this.#firstEnd = Math.min(this.#firstEnd, leaseUntil);
        continue;
      }
      leases.delete(id);
      if (this.#statements.end.run(dueAt, id).changes === 1) origins.add(origin);
    }
    return origins;
  }

  /** What was written last may be undone. */
  forget() {
    this.#former = this.#leases ?? this.#former;
    this.#leases = null;
  }

  #known(): Map<number, BirthLease> {
    this.#leases ??= this.#load();
    return this.#leases;
  }

  #load(): Map<number, BirthLease> {
    const leases = new Map<number, BirthLease>();
    this.#floor = Number(this.#statements.findFloor.get()?.["floor"] ?? 0);
    this.#floorUntil = this.#floor + FLOOR_STEP;
    this.#firstEnd = Number.POSITIVE_INFINITY;
    for (const row of this.#statements.list.all(this.#floor)) {
      const [id, origin] = [row["id"] as number, row["origin"] as string];
      const lease = this.#former.get(id) ?? { origin, leaseUntil: this.#lastEnd };
      leases.set(id, lease);
      this.#firstEnd = Math.min(this.#firstEnd, lease.leaseUntil);
    }
    return leases;
  }

  /** Written in a commit that happens anyway, and seldom. */
  #moveFloor(leases: ReadonlyMap<number, BirthLease>, lastId: number) {
    const [first = lastId] = leases.keys();
    this.#floor = Math.min(first, lastId);
    this.#floorUntil = lastId + FLOOR_STEP;
    this.#statements.setFloor.run(this.#floor);
  }
}

function prepareAll(database: DatabaseSync) {
  return {
    list: database.prepare(listBirthLeases),
    end: database.prepare(endBirthLease),
    findFloor: database.prepare(findBirthLeaseFloor),
    setFloor: database.prepare(setBirthLeaseFloor),
  };
}
