/** Ratings of senders, and their registration, where a carrier decides on both. */
import { type AddSender, formatDate, type SenderQuality } from "@posthorn/contract";
import type {
  CodeRequest,
  SenderAdministration,
  SenderNotice,
  SenderRating,
} from "../carrier/sender-administration.ts";
import { isFault } from "../kernel/faults.ts";
import { find, KIND, put, type StoredSender, type WhatsAppContext } from "./records.ts";

interface StoredRating extends SenderRating {
  readonly askedAt: number;
}

/** As the carrier says now; as it said last while it does not answer. @throws RequestRefused with the carrier's words */
export async function carriedQuality(
  context: WhatsAppContext,
  { numbers }: SenderAdministration,
  accountId: number,
  sender: string,
): Promise<SenderQuality> {
  try {
    const rating = await numbers.rating(sender);
    const askedAt = context.clock.now();
    await put(context, accountId, KIND.rating, sender, { ...rating, askedAt } satisfies StoredRating);
    return { sender, ...rating, lastUpdated: formatDate(askedAt) };
  } catch (error) {
    if (!isFault(error) || error.code !== "CARRIER_UNREACHABLE") throw error;
    const kept = await find<StoredRating>(context, accountId, KIND.rating, sender);
    if (kept === null) throw error;
    const { askedAt, ...rating } = kept;
    return { sender, ...rating, lastUpdated: formatDate(askedAt) };
  }
}

/** It is kept before its code is asked for, so that the code can be asked for again. */
export async function addToCarrier(
  context: WhatsAppContext,
  { numbers }: SenderAdministration,
  place: { readonly accountId: number; readonly sender: string },
  { stored, request }: { readonly stored: StoredSender; readonly request: AddSender },
): Promise<void> {
  const numberId = stored.numberId ?? (await numbers.add(request));
  await put(context, place.accountId, KIND.sender, place.sender, { ...stored, numberId } satisfies StoredSender);
  await requestCode(numbers, numberId, request);
}

export async function requestCode(
  numbers: SenderAdministration["numbers"],
  numberId: string,
  { type, locale }: CodeRequest,
): Promise<void> {
  await numbers.requestCode(numberId, { type, ...(locale === undefined ? {} : { locale }) });
}

/** Of one that was never asked for there is nothing to bring up to date. */
export async function noteRating(
  context: WhatsAppContext,
  accountId: number,
  { kind: _, sender, ...news }: Extract<SenderNotice, { readonly kind: "sender-rating" }>,
): Promise<void> {
  const kept = await find<StoredRating>(context, accountId, KIND.rating, sender);
  if (kept === null) return;
  const next: StoredRating = { ...kept, ...news, askedAt: context.clock.now() };
  await put(context, accountId, KIND.rating, sender, next);
}
