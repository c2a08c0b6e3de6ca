/** Media that users sent, from the carrier that serves their number. */
import type { CarrierMedia } from "../carrier/carrier.ts";
import type { OperationHandlers } from "../http/routes.ts";
import type { LiveRouting } from "./routing.ts";

interface MediaPlace {
  readonly sender: string;
  readonly mediaId: string;
}

/** Null: no carrier that serves the number has it. @throws Fault CARRIER_UNREACHABLE */
export async function fetchMedia(
  { table, fleet }: Pick<LiveRouting, "table" | "fleet">,
  accountId: number,
  { sender, mediaId }: MediaPlace,
): Promise<CarrierMedia | null> {
  // Who the user is is not known here, so rules that look at the phone do not hold.
  const lane = table.choose({ channel: "WHATSAPP", sender, accountId, applicationId: null }, "");
  for (const name of lane?.carriers ?? []) {
    const media = await fleet.carriers.get(name)?.fetchMedia?.(sender, mediaId);
    if (media !== undefined && media !== null) return media;
  }
  return null;
}

type Download = Parameters<OperationHandlers["downloadWhatsappMedia"]>[0];

/** @param otherwise answers for media that no carrier has: what the sandbox plays, and that there is none */
export function mediaHandlers<Otherwise>(
  routing: Pick<LiveRouting, "table" | "fleet">,
  otherwise: (request: Download) => Promise<Otherwise>,
) {
  return {
    downloadWhatsappMedia: async (request: Download) => {
      const { accountId, params, setHeader } = request;
      const media = await fetchMedia(routing, accountId, params);
      if (media === null) return otherwise(request);
      setHeader("content-type", media.contentType);
      // What users send is never a page of ours, whatever it says it is.
      setHeader("x-content-type-options", "nosniff");
      setHeader("content-security-policy", "sandbox");
      if (media.contentLength !== undefined) setHeader("content-length", String(media.contentLength));
      return media.body;
    },
  };
}
