/** Who administers a WhatsApp sender: the carrier that has its number in its configuration. */
import type { Carrier } from "../carrier/carrier.ts";
import type { SenderAdministration } from "../carrier/sender-administration.ts";
import type { RoutingTable } from "../route/choose-route.ts";

export interface AdministeringCarriers {
  readonly table: Pick<RoutingTable, "choose">;
  readonly fleet: { readonly carriers: ReadonlyMap<string, Carrier> };
}

/** Of several carriers with the number the one that the account's messages go to. Null: nobody but us. */
export function administrationOf(
  { table, fleet }: AdministeringCarriers,
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
