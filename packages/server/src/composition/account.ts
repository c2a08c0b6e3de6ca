import { BlocklistGate } from "../accept/blocklist-gate.ts";
import { openAccountDesks } from "../account/desks.ts";
import type { Config } from "../config/config.ts";
import { KeyRing } from "../http/key-ring.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Store } from "../store/store.ts";

/** What accounts set up, and who is told when it changes: whatever remembers some of it. */
export function openAccount(config: Config, store: Store, clock: Clock) {
  const keyRing = new KeyRing(store, clock);
  const blocklistGate = new BlocklistGate(store);
  const { handlers, provisioning, blocklist } = openAccountDesks({
    store,
    clock,
    shown: config.account,
    onKeyChanged: (secretHash) => keyRing.forget(secretHash),
    onBlocklisted: (accountId) => blocklistGate.noticeAdded(accountId),
  });
  const noticeEntities = (accountId: number, entityIds: ReadonlySet<string>) =>
    provisioning.noticeEntities(accountId, entityIds);
  return { keyRing, blocklist, blocklistGate, handlers, noticeEntities };
}

export type Account = ReturnType<typeof openAccount>;
