import type { RefuseEntry } from "./entries.ts";
import type { WhatsAppCloudEntry } from "./whatsapp-carrier-schema.ts";

const SECRETS = ["token", "appSecret", "verifyToken", "registrationPin"] as const;

/** What the schema of such an entry cannot say. @param path where the entry stands */
export function checkCloudCarrier(entry: WhatsAppCloudEntry, path: readonly string[], refuse: RefuseEntry) {
  for (const member of SECRETS) {
    const secret = entry[member];
    if (secret === undefined) continue;
    const { env, file } = secret;
    if ((env === undefined) === (file === undefined)) refuse([...path, member], "expected either env or file");
  }
  // Infobip's answers have it as a number.
  if (entry.businessAccountId !== undefined && !Number.isSafeInteger(Number(entry.businessAccountId))) {
    refuse([...path, "businessAccountId"], "is too large to be one");
  }
  for (const member of ["number", "phoneNumberId"] as const) {
    const seen = new Set<string>();
    for (const [index, sender] of entry.senders.entries()) {
      const value = sender[member];
      if (seen.has(value)) refuse([...path, "senders", index, member], `${value} is there already`);
      seen.add(value);
    }
  }
}
