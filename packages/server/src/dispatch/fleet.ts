import type {
  Carrier,
  CarrierContactMessage,
  CarrierInbound,
  IdentityChange,
  InboundOutcome,
  SeenMark,
} from "../carrier/carrier.ts";
import { CarrierHealth, type HealthFigures, type HealthLimits, type HealthState } from "../carrier/health.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import { startWorkLoop, type WorkLoop } from "../kernel/work-loop.ts";
import type { Lane } from "../route/lanes.ts";
import type { MessageCommon, NewMessage, Receipt, RoomOffer, Store } from "../store/store.ts";
import { Dispatcher, type DispatcherOptions, type LaneTurn, type Room } from "./dispatcher.ts";

/** What of a message says where it waits. */
export interface RoutedMessage extends Pick<NewMessage, "state"> {
  readonly common: Pick<MessageCommon, "route">;
}

/** A carrier as the configuration names it. */
export interface FleetCarrier {
  readonly name: string;
  readonly type: string;
  /** Two of the same name and key are the same carrier, which goes on; another key replaces it. */
  readonly key: string;
  /** Absent: the carrier is not asked about receipts that do not come. */
  readonly queryAfterMs: number;
  create(): Carrier;
}

export interface FleetOptions
  extends Pick<
    DispatcherOptions,
    "claimSize" | "pollIntervalMs" | "leaseMs" | "retryBaseMs" | "retryMaxMs" | "onReports"
  > {
  readonly store: Pick<Store, "claimDue" | "moveMessages" | "ledger">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: HealthLimits;
  readonly onReceipts: (carrier: string, receipts: readonly Receipt[]) => Promise<readonly (string | null)[]>;
  readonly onInbound: (
    carrier: string,
    messages: readonly (CarrierInbound | CarrierContactMessage)[],
  ) => Promise<readonly InboundOutcome[]>;
  readonly onSeen: (carrier: string, marks: readonly SeenMark[]) => Promise<void>;
  readonly onIdentities: (changes: readonly IdentityChange[]) => Promise<void>;
}

/** A carrier and how it does, as operators are shown it. */
export interface CarrierView extends Omit<HealthFigures, "state"> {
  readonly name: string;
  readonly type: string;
  /** `draining`: no longer configured, and kept for the receipts of what it has. */
  readonly state: HealthState | "draining";
  /** What it says it can take without having answered. */
  readonly capacity: number;
  /** Also those whose answer is there and not on disk, so that there may be more of them than `capacity`. */
  readonly inFlight: number;
  /** Messages claimed for it since the start. */
  readonly claimed: number;
  /** Lanes that it claims from now. */
  readonly lanes: readonly string[];
  /** What only this kind of carrier can say of itself. */
  readonly details: Readonly<Record<string, string | number>>;
}

class Member {
  readonly definition: FleetCarrier;
  readonly carrier: Carrier;
  readonly health: CarrierHealth;
  readonly dispatcher: Dispatcher;
  turns: readonly LaneTurn[] = [];
  claimed = 0;
  probeLeft = 0;
  isDraining = false;

  constructor(definition: FleetCarrier, carrier: Carrier, options: FleetOptions, onHealth: () => void) {
    const { clock } = options;
    this.definition = definition;
    this.carrier = carrier;
    this.health = new CarrierHealth(options.limits, clock.now());
    this.dispatcher = new Dispatcher({
      ...options,
      carrier,
      ...(carrier.query === undefined ? {} : { queryAfterMs: definition.queryAfterMs }),
      lanes: () => this.turns,
      probeRoom: () => this.probeLeft,
      onClaimed: (count, isProbe) => {
        this.claimed += count;
        if (isProbe) this.probeLeft -= count;
      },
      // Nobody answers for these: without their room, the probe might never end.
      onHeldBack: (count, isProbe) => {
        if (isProbe) this.probeLeft += count;
      },
      onAnswered: (counts) => {
        // Likewise: nobody answers for what has not left.
        if (counts.unsent > 0 && this.health.state === "probing") {
          this.probeLeft = Math.min(this.health.probeSize, this.probeLeft + counts.unsent);
        }
        if (this.health.answered(counts, clock.now())) onHealth();
      },
    });
  }
}

/**
 * All carriers with their dispatchers and their health. Decides who claims from which lane: the first of its carriers
 * that is up. Carriers come, change and go while messages are under way.
 */
export class CarrierFleet {
  /** Every carrier that may have messages, by name, also those that are draining: it changes while it is looked at. */
  readonly carriers: ReadonlyMap<string, Carrier>;
  readonly #carriers = new Map<string, Carrier>();
  #options: FleetOptions;
  #members = new Map<string, Member>();
  /** Replaced or removed; they still have answers or receipts to come. */
  readonly #leaving = new Set<Member>();
  #lanes: readonly Lane[] = [];
  readonly #servers = new Map<string, Set<Dispatcher>>();
  readonly #loop: WorkLoop;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.carriers = this.#carriers;
    const { clock, log, pollIntervalMs } = options;
    this.#loop = startWorkLoop({ name: "health", clock, log, pollIntervalMs, round: () => this.#observe() });
  }

  /**
   * Brings the fleet to what is configured. New carriers are started before anything else changes: when one cannot be,
   * everything stays as it was.
   */
  async apply(definitions: readonly FleetCarrier[], lanes: readonly Lane[], limits: HealthLimits) {
    const started = await this.#startNew(definitions);
    this.#options = { ...this.#options, limits };
    const names = new Set(definitions.map(({ name }) => name));
    for (const [name, member] of this.#members) {
      member.health.setLimits(limits);
      if (names.has(name) && !started.has(name)) continue;
      this.#members.delete(name);
      this.#leave(member, started.has(name));
    }
    const kept = this.#members;
    this.#members = new Map();
    for (const { name } of definitions) {
      const member = started.get(name) ?? kept.get(name);
      if (member === undefined) continue;
      this.#members.set(name, member);
      this.#carriers.set(name, member.carrier);
    }
    this.#lanes = lanes;
    this.#assign();
    for (const { dispatcher } of this.#members.values()) dispatcher.nudge();
  }

  async #startNew(definitions: readonly FleetCarrier[]): Promise<Map<string, Member>> {
    const started = new Map<string, Member>();
    try {
      for (const definition of definitions) {
        const { name, key } = definition;
        if (this.#members.get(name)?.definition.key === key) continue;
        const member: Member = new Member(definition, definition.create(), this.#options, () => this.#onHealth(member));
        started.set(name, member);
        await member.carrier.start({
          receipts: (receipts) =>
            member.dispatcher.withAnswers(receipts, (joined) => this.#options.onReceipts(name, joined)),
          inbound: (messages) => this.#options.onInbound(name, messages),
          lateAnswers: (answers) => member.dispatcher.recordLate(answers),
          seen: (marks) => this.#options.onSeen(name, marks),
          identities: (changes) => this.#options.onIdentities(changes),
          ready: () => member.dispatcher.nudge(),
        });
      }
      return started;
    } catch (error) {
      for (const { carrier, dispatcher } of started.values()) {
        await dispatcher.drain();
        await carrier.stop();
      }
      throw error;
    }
  }

  /** A replaced carrier goes when its answers are there: receipts come to its heir. A removed one waits for them. */
  #leave(member: Member, isReplaced: boolean) {
    member.isDraining = true;
    member.turns = [];
    this.#leaving.add(member);
    const { name } = member.definition;
    this.#options.log.info({ event: "carrier.draining", carrier: name, isReplaced }, "takes no messages any more");
    void member.dispatcher.drain().then(() => {
      if (isReplaced || this.#members.has(name)) return this.#end(member);
    });
  }

  async #end(member: Member) {
    if (!this.#leaving.delete(member)) return;
    const { name } = member.definition;
    if (this.#carriers.get(name) === member.carrier) this.#carriers.delete(name);
    try {
      await member.carrier.stop();
    } catch (error) {
      this.#options.log.warn({ event: "carrier.stop_failed", carrier: name, err: error }, "did not stop in order");
    }
    this.#options.log.info({ event: "carrier.gone", carrier: name }, "has nothing of ours any more");
  }

  /** Lets go of removed carriers that have no open message left. */
  async endDrained() {
    const waiting = [...this.#leaving].filter(({ dispatcher }) => dispatcher.isIdle);
    if (waiting.length === 0) return;
    const rows = await this.#options.store.ledger();
    for (const member of waiting) {
      const { name } = member.definition;
      const isReplaced = this.#members.has(name);
      const open = rows.reduce((sum, row) => (row.carrier === name ? sum + row.open : sum), 0);
      if (open === 0 || isReplaced) await this.#end(member);
    }
  }

  /** @param lanes those that have something new; null: any of them may have */
  nudge(lanes: Iterable<string> | null = null) {
    if (lanes === null || this.#lanes.length === 1) {
      for (const { dispatcher } of this.#members.values()) dispatcher.nudge();
      return;
    }
    for (const lane of lanes) for (const dispatcher of this.#servers.get(lane) ?? []) dispatcher.nudge(lane);
  }

  /**
   * Room for messages that are about to be inserted, where their lanes have some. A lane whose carrier is being probed
   * is left to claims: the one that probes must get some of its messages, or nobody would see that it is well again.
   */
  offersFor(messages: readonly RoutedMessage[]): readonly RoomOffer[] {
    const offers: RoomOffer[] = [];
    for (const [lane, count] of countsByLane(messages)) {
      const offer = this.#soleServerOf(lane)?.offer(lane, count);
      if (offer !== null && offer !== undefined) offers.push(offer);
    }
    return offers;
  }

  /** See `Dispatcher.roomFor`. One lane without room is enough for `none`: its messages would wait for nothing. */
  roomFor(messages: readonly RoutedMessage[], pendingCount: number): Room {
    let room: Room = "now";
    for (const [lane, count] of countsByLane(messages)) {
      const ofLane = this.#soleServerOf(lane)?.roomFor(lane, count, pendingCount) ?? "none";
      if (ofLane === "none") return ofLane;
      if (ofLane === "soon") room = ofLane;
    }
    return room;
  }

  #soleServerOf(lane: string): Dispatcher | undefined {
    const [server, prober] = this.#servers.get(lane) ?? [];
    return prober === undefined ? server : undefined;
  }

  /** True while a message's result is waited for, or being written. */
  holds(seq: number): boolean {
    for (const { dispatcher } of this.#members.values()) if (dispatcher.holds(seq)) return true;
    for (const { dispatcher } of this.#leaving) if (dispatcher.holds(seq)) return true;
    return false;
  }

  stateOf(carrier: string): HealthState | null {
    return this.#members.get(carrier)?.health.state ?? null;
  }

  list(): readonly CarrierView[] {
    return [...this.#members.values(), ...this.#leaving].map((member) => this.#view(member));
  }

  #view({ definition, carrier, health, dispatcher, turns, claimed, isDraining }: Member): CarrierView {
    const figures = health.figures(this.#options.clock.now());
    return {
      name: definition.name,
      type: definition.type,
      ...figures,
      state: isDraining ? "draining" : figures.state,
      capacity: carrier.capacity(),
      inFlight: dispatcher.inFlightCount,
      claimed,
      lanes: turns.map(({ name }) => name),
      details: carrier.describe?.() ?? {},
    };
  }

  /** Claims nothing after this. Resolves when the results of what is in flight are on disk, or after `limitMs`. */
  async stopClaiming(limitMs: number) {
    await this.#loop.stop();
    await Promise.all([...this.#all()].map(({ dispatcher }) => dispatcher.stop(limitMs)));
  }

  async stopCarriers() {
    const all = [...this.#all()];
    // Those whose answers come only now would be stopped once more.
    this.#leaving.clear();
    await Promise.all(all.map(({ carrier }) => carrier.stop()));
  }

  *#all(): Iterable<Member> {
    yield* this.#members.values();
    yield* this.#leaving;
  }

  async #observe(): Promise<boolean> {
    const now = this.#options.clock.now();
    for (const member of this.#members.values()) {
      const { carrier, dispatcher, health } = member;
      const observation = { capacity: carrier.capacity(), oldestSubmittedAt: dispatcher.oldestSubmittedAt };
      if (health.observe(observation, now)) this.#onHealth(member);
    }
    return false;
  }

  #onHealth(member: Member) {
    const { definition, health } = member;
    const { state, failureRate, throttledRate, answerMeanMs } = health.figures(this.#options.clock.now());
    member.probeLeft = state === "probing" ? this.#options.limits.probeSize : 0;
    const line = { event: "carrier.health", carrier: definition.name, state, failureRate, throttledRate, answerMeanMs };
    if (state === "up" || state === "probing") this.#options.log.info(line, `carrier is ${state}`);
    else this.#options.log.warn(line, `carrier is ${state}`);
    this.#assign();
    for (const { dispatcher } of this.#members.values()) dispatcher.nudge();
  }

  /** Who claims from which lane, as things are now. */
  #assign() {
    const turns = new Map<Member, LaneTurn[]>();
    this.#servers.clear();
    for (const lane of this.#lanes) {
      const members = lane.carriers.map((name) => this.#members.get(name)).filter((member) => member !== undefined);
      const server = serverOf(members);
      if (server === undefined) continue;
      const before = members.slice(0, members.indexOf(server)).filter(({ health }) => health.state === "probing");
      for (const member of [server, ...before]) {
        const own = turns.get(member) ?? [];
        own.push({ name: lane.name, isProbe: member !== server });
        turns.set(member, own);
      }
      this.#servers.set(lane.name, new Set([server, ...before].map(({ dispatcher }) => dispatcher)));
    }
    for (const member of this.#members.values()) member.turns = turns.get(member) ?? [];
  }
}

/** The first that is up. A lane is never left alone because all of its carriers are bad: the least bad one goes on. */
function serverOf(members: readonly Member[]): Member | undefined {
  const inState = (fits: (state: HealthState) => boolean) => members.find(({ health }) => fits(health.state));
  return (
    inState((state) => state === "up") ??
    inState((state) => state === "probing") ??
    inState((state) => state !== "down") ??
    members[0]
  );
}

/** Of messages that are due as soon as they are inserted. */
function countsByLane(messages: readonly RoutedMessage[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { common, state } of messages) {
    if (state === "queued") counts.set(common.route, (counts.get(common.route) ?? 0) + 1);
  }
  return counts;
}
