/** The desks of WhatsApp, which administer at carriers what carriers have. */
import type { SenderAdministration } from "../carrier/sender-administration.ts";
import { openWhatsAppDesks } from "../whatsapp/handlers.ts";
import { administrationOf } from "./administration-of.ts";
import type { Parts } from "./parts.ts";
import type { LiveRouting } from "./routing.ts";

function administrationsIn({ fleet }: Pick<LiveRouting, "fleet">): readonly SenderAdministration[] {
  return [...fleet.carriers.values()].flatMap(({ administration }) => administration ?? []);
}

/** Everything of WhatsApp that sends no message. The routing has started: whether there is a sandbox is known. */
export function openDesks({ store, clock, log }: Parts, routing: LiveRouting, onEvents: () => void) {
  return openWhatsAppDesks({
    store,
    clock,
    log,
    isPlayed: routing.sandbox !== null,
    onEvents,
    administrationOf: (accountId, sender) => administrationOf(routing, accountId, sender),
    administrations: () => administrationsIn(routing),
  });
}
