import { formatDate } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { WindowFilter } from "../store/inbound.ts";
import type { Store } from "../store/store.ts";

interface WindowsAsked extends Omit<WindowFilter, "openAt"> {
  /** Only those that are open now. */
  readonly isOpen: boolean;
}

/** What carriers know of it by themselves, and operators do not: who may be sent anything by WhatsApp, and until when. */
export async function listConversationWindows(
  { store, clock }: { readonly store: Pick<Store, "findWindows">; readonly clock: Clock },
  { isOpen, ...filter }: WindowsAsked,
): Promise<object> {
  const now = clock.now();
  const windows = await store.findWindows(isOpen ? { ...filter, openAt: now } : filter);
  return {
    windows: windows.map(({ sender, contact, openedAt, closesAt }) => ({
      sender,
      contact,
      openedAt: formatDate(openedAt),
      closesAt: formatDate(closesAt),
      isOpen: closesAt > now,
    })),
  };
}
