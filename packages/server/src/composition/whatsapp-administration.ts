/** Who administers a WhatsApp sender: the carrier that has its number in its configuration. */
import type { Carrier } from "../carrier/carrier.ts";
import type { SenderAdministration } from "../carrier/sender-administration.ts";
import { openWhatsAppDesks } from "../whatsapp/handlers.ts";
import type { Parts } from "./parts.ts";
import type { LiveRouting } from "./routing.ts";

function administrationsIn({ fleet }: Pick<LiveRouting, "fleet">): readonly SenderAdministration[] {
  return [...fleet.carriers.values()].flatMap(({ administration }) => administration ?? []);
}

/** Of several carriers with the number the one that the account's messages go to. Null: nobody but us. */
function administrationOf(
  { table, fleet }: Pick<LiveRouting, "table" | "fleet">,
  accountId: number,
  sender: string,
): SenderAdministration | null {
  const having = [...fleet.carriers.values()].filter(({ administration }) => administration?.senders.includes(sender));
  if (having.length <= 1) return having[0]?.administration ?? null;
  // Who the user is is not known here, so rules that look at the phone do not hold.
  const lane = table.choose({ channel: "WHATSAPP", sender, accountId, applicationId: null }, "");
  const rank = ({ name }: Carrier) => (lane?.carriers ?? []).indexOf(name) >>> 0;
  return having.toSorted((a, b) => rank(a) - rank(b))[0]?.administration ?? null;
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
