import type { Credentials, CredentialsType, NoIdProfileRequest } from "@posthorn/contract";
import type { Clock } from "../../kernel/clock.ts";
import { InvalidRequest } from "../../kernel/invalid-request.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import type { SecretBox } from "../../kernel/secret-box.ts";
import { type DocumentChange, DOCUMENTS_PER_KIND_MAX, type Store } from "../../store/store.ts";

export interface SubscriptionContext {
  readonly store: Pick<Store, "changeDocuments" | "findDocument" | "listDocuments">;
  readonly clock: Clock;
  readonly secrets: SecretBox;
}

export interface StoredProfile extends Omit<NoIdProfileRequest, "security"> {
  /** The security settings that it is sent with; they may be only reserved, or gone. */
  readonly authId?: string;
}

/** Without a type it is only reserved: something refers to it that came first. */
export interface StoredSecurity {
  readonly type?: CredentialsType;
  /** JSON of `Credentials`, sealed where there is a key. */
  readonly credentials?: string;
}

export interface StoredCertificate {
  /** A PEM file with the private key, sealed where there is a key. */
  readonly content: string;
  readonly passphrase?: string;
  readonly issuedBy?: string;
  readonly issuedTo?: string;
  readonly serialNumber?: string;
  readonly validFrom?: number;
  readonly validUntil?: number;
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** The place that a secret is sealed for. */
export function placeOf(accountId: number, kind: string, id: string): string {
  return `${kind}/${accountId}/${id}`;
}

export function openCredentials(secrets: SecretBox, kept: StoredSecurity, place: string): Credentials | undefined {
  return kept.credentials === undefined
    ? undefined
    : (JSON.parse(secrets.open(kept.credentials, place)) as Credentials);
}

export async function find<Body>(
  { store }: { readonly store: Pick<Store, "findDocument"> },
  accountId: number,
  kind: string,
  id: string,
): Promise<Body | null> {
  const record = await store.findDocument(accountId, kind, id);
  return record === null ? null : (JSON.parse(record.body) as Body);
}

/** @throws RequestRefused 404 */
export async function mustFind<Body>(
  context: Pick<SubscriptionContext, "store">,
  accountId: number,
  kind: string,
  id: string,
  what: string,
): Promise<Body> {
  const found = await find<Body>(context, accountId, kind, id);
  if (found === null) throw new RequestRefused(404, `${what} not found`);
  return found;
}

/** Newest first. */
export async function list<Body>(
  { store }: Pick<SubscriptionContext, "store">,
  accountId: number,
  kind: string,
): Promise<readonly { readonly id: string; readonly body: Body }[]> {
  const records = await store.listDocuments(accountId, kind);
  return records.map(({ id, body }) => ({ id, body: JSON.parse(body) as Body })).toReversed();
}

/** All of the changes or none. @throws InvalidRequest where one of them cannot be made, in words for its client */
export async function apply({ store }: SubscriptionContext, changes: readonly DocumentChange[]): Promise<void> {
  const result = await store.changeDocuments(changes);
  if (result.isDone) return;
  const { kind, id } = changes[result.index] as DocumentChange;
  if (result.refusal === "missing") throw new RequestRefused(404, `${id} not found`);
  const why =
    result.refusal === "exists"
      ? `${id} exists already`
      : `there are ${DOCUMENTS_PER_KIND_MAX} already, the most that are kept`;
  throw new InvalidRequest(kind, why);
}

/** Ids become part of a path: letters, digits, dash and underscore. `status` and `test` are paths of certificates. */
export function checkId(property: string, id: string) {
  if (!/^[\w-]+$/.test(id))
    throw new InvalidRequest(property, "must have only letters, digits, dashes and underscores");
}

export function pageOf<Item>(items: readonly Item[], { page = 0, size = 20 }: { page?: number; size?: number }) {
  return {
    results: items.slice(page * size, (page + 1) * size),
    paging: { page, size, totalPages: Math.ceil(items.length / size), totalResults: items.length },
  };
}
