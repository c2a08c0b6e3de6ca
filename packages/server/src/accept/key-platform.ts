import { RequestRefused } from "../kernel/request-refused.ts";
import type { KeyPlatform } from "../store/store.ts";
import type { Draft, SharedDraft } from "./judge.ts";

/** What a message belongs to that names no application (facts: section 0). */
const APPLICATION_DEFAULT = "default";

type Owner = Pick<SharedDraft, "applicationId" | "entityId">;

/**
 * The messages with the application and entity that the caller's key gives them. The first FORCE link replaces what a
 * message says; a FILL link gives what it does not say. What a message then says must be one of the links.
 *
 * @throws RequestRefused 403
 */
export function platformed(drafts: readonly Draft[], links: readonly KeyPlatform[]): readonly Draft[] {
  if (links.length === 0) return drafts;
  let last: SharedDraft | null = null;
  let owned: SharedDraft | null = null;
  return drafts.map((draft) => {
    // The destinations of a message go on sharing what they share.
    if (draft.shared !== last || owned === null) owned = { ...draft.shared, ...linkedOwnerOf(draft.shared, links) };
    last = draft.shared;
    return { shared: owned, messageId: draft.messageId, to: draft.to };
  });
}

/** @throws RequestRefused 403 */
function linkedOwnerOf(shared: SharedDraft, links: readonly KeyPlatform[]): Owner {
  const owner = ownerOf(shared, links);
  if (!isLinked(owner, links)) {
    const { applicationId, entityId } = owner;
    const named = `application ${applicationId ?? APPLICATION_DEFAULT}${entityId === null ? "" : `, entity ${entityId}`}`;
    throw new RequestRefused(403, `The API key is not linked to ${named}.`);
  }
  return owner;
}

function ownerOf({ applicationId, entityId }: Owner, links: readonly KeyPlatform[]): Owner {
  const forced = links.find(({ action }) => action === "FORCE");
  if (forced !== undefined) return { applicationId: forced.applicationId, entityId: forced.entityId ?? null };
  const filling = links.find(
    (link) => link.action === "FILL" && (applicationId === null || link.applicationId === applicationId),
  );
  if (filling === undefined) return { applicationId, entityId };
  return { applicationId: filling.applicationId, entityId: entityId ?? filling.entityId ?? null };
}

/** A link without an entity is one to every entity of its application. */
function isLinked({ applicationId, entityId }: Owner, links: readonly KeyPlatform[]): boolean {
  return links.some(
    (link) =>
      link.applicationId === (applicationId ?? APPLICATION_DEFAULT) &&
      (link.entityId === undefined || link.entityId === entityId),
  );
}
