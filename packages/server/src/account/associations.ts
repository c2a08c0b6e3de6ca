import type {
  AssociationQuery,
  AssociationsQuery,
  PageResourceAssociation,
  ResourceAssociationRequest,
  ResourceAssociationResponse,
} from "@posthorn/contract";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { DocumentChange, Store } from "../store/store.ts";
import { APPLICATION_DEFAULT, pageOf } from "./page.ts";

const KIND = "association";

export type Owner = Pick<ResourceAssociationResponse, "applicationId" | "entityId">;

/** Only what the document knows, so that two with the same meaning are the same. */
function plain(given: ResourceAssociationResponse): ResourceAssociationResponse {
  const { resourceType, channel, applicationId, entityId, resourceId } = given;
  return { resourceType, channel, applicationId, ...(entityId === undefined ? {} : { entityId }), resourceId };
}

/** All of it is its name. */
function idOf(association: ResourceAssociationResponse): string {
  return JSON.stringify(Object.values(plain(association)));
}

function creationOf(accountId: number, association: ResourceAssociationResponse, at: number): DocumentChange {
  const body = JSON.stringify(plain(association));
  return { action: "put", accountId, kind: KIND, id: idOf(association), body, at };
}

async function list(store: Pick<Store, "listDocuments">, accountId: number) {
  const documents = await store.listDocuments(accountId, KIND);
  return documents.map(({ body }) => JSON.parse(body) as ResourceAssociationResponse);
}

/** The changes that give what `isOwned` says to the default application, to no entity. */
export async function associationsWithout(
  store: Pick<Store, "listDocuments">,
  accountId: number,
  isOwned: (owner: Owner) => boolean,
  at: number,
): Promise<readonly DocumentChange[]> {
  const owned = (await list(store, accountId)).filter(isOwned);
  return owned.flatMap((association): DocumentChange[] => {
    const { entityId, ...rest } = association;
    const reset = { ...rest, applicationId: APPLICATION_DEFAULT };
    if (idOf(reset) === idOf(association)) return [];
    return [{ action: "delete", accountId, kind: KIND, id: idOf(association) }, creationOf(accountId, reset, at)];
  });
}

export interface AssociationsOptions {
  readonly store: Pick<Store, "changeDocuments" | "findDocument" | "listDocuments">;
  /** Each throws where there is none of that id. */
  readonly provisioning: {
    application(accountId: number, applicationId: string): Promise<unknown>;
    entity(accountId: number, entityId: string): Promise<unknown>;
  };
  readonly clock: { now(): number };
}

/** Which application and entity a resource belongs to. It is kept and shown; nothing else looks at it yet. */
export class AssociationsDesk {
  readonly #options: AssociationsOptions;

  constructor(options: AssociationsOptions) {
    this.#options = options;
  }

  async list(accountId: number, query: AssociationsQuery): Promise<PageResourceAssociation> {
    const { page, size, ...filter } = query;
    const wanted = Object.entries(filter).filter(([name]) => FILTERS.has(name));
    const all = await list(this.#options.store, accountId);
    const found = all.filter((association) =>
      wanted.every(([name, value]) => association[name as keyof typeof association] === value),
    );
    return pageOf(found, { ...(page === undefined ? {} : { page }), ...(size === undefined ? {} : { size }) });
  }

  /** @throws RequestRefused 404 for an application or entity that is not there, 409 for what is associated already */
  async create(accountId: number, request: ResourceAssociationRequest) {
    const { store, provisioning, clock } = this.#options;
    await provisioning.application(accountId, request.applicationId);
    await provisioning.entity(accountId, request.entityId);
    const creation = { ...creationOf(accountId, request, clock.now()), action: "create" } as DocumentChange;
    const changed = await store.changeDocuments([creation]);
    if (changed.isDone) return;
    if (changed.refusal === "exists") throw new RequestRefused(409, "The resource is associated so already.");
    throw new RequestRefused(403, "The account has as many of them as it may have.");
  }

  /** @throws RequestRefused 404 */
  async delete(accountId: number, request: ResourceAssociationRequest) {
    const changed = await this.#options.store.changeDocuments([
      { action: "delete", accountId, kind: KIND, id: idOf(request) },
    ]);
    if (!changed.isDone) throw missing();
  }

  /** @throws RequestRefused 404 */
  async get(accountId: number, query: AssociationQuery): Promise<ResourceAssociationResponse> {
    const document = await this.#options.store.findDocument(accountId, KIND, idOf(query));
    if (document === null) throw missing();
    return JSON.parse(document.body) as ResourceAssociationResponse;
  }
}

const FILTERS: ReadonlySet<string> = new Set(["resourceType", "channel", "applicationId", "entityId", "resourceId"]);

function missing(): RequestRefused {
  return new RequestRefused(404, "There is no such association.");
}
