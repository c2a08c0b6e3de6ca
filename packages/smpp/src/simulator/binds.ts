import { COMMAND_STATUS as S } from "../command-status.ts";
import type { BindPdu } from "../session/options.ts";
import type { BindType, SimulatorAccount } from "./options.ts";
import type { SimulatedPeer } from "./peer.ts";
import type { Settings } from "./settings.ts";
import { TokenBucket } from "./throttle.ts";

export const bindTypeOf = ({ command }: BindPdu): BindType => command.slice("bind_".length) as BindType;

interface Login {
  readonly peers: Set<SimulatedPeer>;
  /** Null where there is no limit. One for all sessions of the account. */
  readonly bucket: TokenBucket | null;
}

/** Who is bound as whom. A bind counts until its session has ended. */
export class Binds {
  readonly #settings: Settings;
  readonly #accounts: ReadonlyMap<string, SimulatorAccount>;
  readonly #logins = new Map<string, Login>();

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#accounts = new Map(settings.accounts.map((account) => [account.systemId, account]));
  }

  /** The status to answer a bind with. */
  statusOf(bind: BindPdu): number {
    if (this.#accounts.size === 0) return S.ROK;
    const account = this.#accounts.get(bind.systemId);
    if (account === undefined) return S.RINVSYSID;
    if (account.password !== undefined && account.password !== bind.password) return S.RINVPASWD;
    if (account.bindTypes?.includes(bindTypeOf(bind)) === false) return S.RINVCMDID;
    const count = this.#logins.get(bind.systemId)?.peers.size ?? 0;
    if (count >= (account.sessionsMax ?? Infinity)) return S.RBINDFAIL;
    return account.bindCommandStatus ?? S.ROK;
  }

  add(systemId: string, peer: SimulatedPeer): void {
    const known = this.#logins.get(systemId);
    if (known !== undefined) known.peers.add(peer);
    else this.#logins.set(systemId, { peers: new Set([peer]), bucket: this.#bucketOf(systemId) });
  }

  remove(systemId: string, peer: SimulatedPeer): void {
    const login = this.#logins.get(systemId);
    login?.peers.delete(peer);
    if (login?.peers.size === 0) this.#logins.delete(systemId);
  }

  bucketOf(systemId: string): TokenBucket | null {
    return this.#logins.get(systemId)?.bucket ?? null;
  }

  peers(systemId?: string): readonly SimulatedPeer[] {
    if (systemId !== undefined) return [...(this.#logins.get(systemId)?.peers ?? [])];
    return [...this.#logins.values()].flatMap(({ peers }) => [...peers]);
  }

  #bucketOf(systemId: string): TokenBucket | null {
    const { clock, throughputPerSecond, throughputBurst } = this.#settings;
    const perSecond = this.#accounts.get(systemId)?.throughputPerSecond ?? throughputPerSecond;
    if (perSecond === 0) return null;
    return new TokenBucket(perSecond, throughputBurst ?? Math.max(1, perSecond), clock.nowMs());
  }
}
