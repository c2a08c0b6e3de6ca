import type { Application, Entity, PageApplication, PageEntity, ProvisioningPageQuery } from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { DocumentChange, KeyPlatform, Store } from "../store/store.ts";
import { associationsWithout, type Owner } from "./associations.ts";
import { APPLICATION_DEFAULT, pageOf } from "./page.ts";

/** Entities that are known to be there, so that a send with one of them asks nobody. */
const ENTITIES_KNOWN_MAX = 10_000;

type Kind = "application" | "entity";

export interface ProvisioningOptions {
  readonly store: Pick<Store, "changeDocuments" | "findDocument" | "listDocuments">;
  readonly clock: Clock;
}

/** Applications and entities: documents with a name. */
export class ProvisioningDesk {
  readonly #options: ProvisioningOptions;
  readonly #entitiesKnown = new Set<string>();

  constructor(options: ProvisioningOptions) {
    this.#options = options;
  }

  async applications(accountId: number, query: ProvisioningPageQuery): Promise<PageApplication> {
    const made = await this.#list<Application>(accountId, "application");
    const hasDefault = made.some(({ applicationId }) => applicationId === APPLICATION_DEFAULT);
    return pageOf(hasDefault ? made : [{ applicationId: APPLICATION_DEFAULT }, ...made], query);
  }

  async entities(accountId: number, query: ProvisioningPageQuery): Promise<PageEntity> {
    return pageOf(await this.#list<Entity>(accountId, "entity"), query);
  }

  /** @throws RequestRefused 409 when there is one of that id, as `default` always is */
  async createApplication(accountId: number, { applicationId, applicationName }: Application) {
    if (applicationId === APPLICATION_DEFAULT) throw taken("application", applicationId);
    await this.#create(accountId, "application", applicationId, { applicationId, ...named({ applicationName }) });
  }

  async createEntity(accountId: number, { entityId, entityName }: Entity) {
    await this.#create(accountId, "entity", entityId, { entityId, ...named({ entityName }) });
  }

  /** @throws RequestRefused 404 */
  async application(accountId: number, applicationId: string): Promise<Application> {
    const found = await this.#find<Application>(accountId, "application", applicationId);
    if (found !== null) return found;
    if (applicationId === APPLICATION_DEFAULT) return { applicationId };
    throw missing("application", applicationId);
  }

  async entity(accountId: number, entityId: string): Promise<Entity> {
    const found = await this.#find<Entity>(accountId, "entity", entityId);
    if (found === null) throw missing("entity", entityId);
    return found;
  }

  /** What is not named keeps its name. @throws RequestRefused 404 */
  async modifyApplication(accountId: number, applicationId: string, changes: { applicationName?: string }) {
    const old = await this.application(accountId, applicationId);
    await this.#put(accountId, "application", applicationId, { ...old, ...named(changes) });
  }

  async modifyEntity(accountId: number, entityId: string, changes: { entityName?: string }) {
    const old = await this.entity(accountId, entityId);
    await this.#put(accountId, "entity", entityId, { ...old, ...named(changes) });
  }

  /**
   * What belonged to it belongs to `default` then, to no entity. `default` itself is always there: deleting it takes its
   * name off and no more. @throws RequestRefused 404
   */
  async deleteApplication(accountId: number, applicationId: string) {
    if (applicationId === APPLICATION_DEFAULT) {
      await this.#put(accountId, "application", applicationId, { applicationId });
      return;
    }
    await this.#delete(accountId, "application", applicationId, (owner) => owner.applicationId === applicationId);
  }

  async deleteEntity(accountId: number, entityId: string) {
    this.#entitiesKnown.delete(placeOf(accountId, entityId));
    await this.#delete(accountId, "entity", entityId, (owner) => owner.entityId === entityId);
  }

  /**
   * Makes what messages name and is not there: an entity of that id and name. Applications are not made so. Never
   * rejects: the messages are accepted already, and the next one with the entity tries again.
   */
  async noticeEntities(accountId: number, entityIds: ReadonlySet<string>) {
    for (const entityId of entityIds) {
      const place = placeOf(accountId, entityId);
      if (this.#entitiesKnown.has(place)) continue;
      try {
        // It may be there already, or the account may have all it may: neither is looked at.
        await this.#change([this.#creation(accountId, "entity", entityId, { entityId, entityName: entityId })]);
      } catch {
        return;
      }
      if (this.#entitiesKnown.size >= ENTITIES_KNOWN_MAX) this.#entitiesKnown.clear();
      this.#entitiesKnown.add(place);
    }
  }

  /** Makes the applications and entities that an API key is linked to and that are not there. */
  async ensurePlatforms(accountId: number, platform: readonly KeyPlatform[]) {
    for (const { applicationId, entityId } of platform) {
      if (applicationId !== APPLICATION_DEFAULT) {
        await this.#change([this.#creation(accountId, "application", applicationId, { applicationId })]);
      }
      if (entityId !== undefined) await this.#change([this.#creation(accountId, "entity", entityId, { entityId })]);
    }
  }

  async #list<Item>(accountId: number, kind: Kind): Promise<readonly Item[]> {
    const documents = await this.#options.store.listDocuments(accountId, kind);
    return documents.map(({ body }) => JSON.parse(body) as Item);
  }

  async #find<Item>(accountId: number, kind: Kind, id: string): Promise<Item | null> {
    const document = await this.#options.store.findDocument(accountId, kind, id);
    return document === null ? null : (JSON.parse(document.body) as Item);
  }

  #creation(accountId: number, kind: Kind, id: string, body: object): DocumentChange {
    return { action: "create", accountId, kind, id, body: JSON.stringify(body), at: this.#options.clock.now() };
  }

  #change(changes: readonly DocumentChange[]) {
    return this.#options.store.changeDocuments(changes);
  }

  async #create(accountId: number, kind: Kind, id: string, body: object) {
    const changed = await this.#change([this.#creation(accountId, kind, id, body)]);
    if (changed.isDone) return;
    if (changed.refusal === "exists") throw taken(kind, id);
    throw new RequestRefused(403, "The account has as many of them as it may have.");
  }

  async #put(accountId: number, kind: Kind, id: string, body: object) {
    const at = this.#options.clock.now();
    await this.#change([{ action: "put", accountId, kind, id, body: JSON.stringify(body), at }]);
  }

  async #delete(accountId: number, kind: Kind, id: string, isOwned: (owner: Owner) => boolean) {
    const { store, clock } = this.#options;
    const resets = await associationsWithout(store, accountId, isOwned, clock.now());
    const changed = await this.#change([{ action: "delete", accountId, kind, id }, ...resets]);
    if (!changed.isDone) throw missing(kind, id);
  }
}

function named<Names extends object>(names: Names): object {
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));
}

function placeOf(accountId: number, id: string): string {
  return `${accountId} ${id}`;
}

function taken(kind: Kind, id: string): RequestRefused {
  return new RequestRefused(409, `There is an ${kind} ${id} already.`);
}

function missing(kind: Kind, id: string): RequestRefused {
  return new RequestRefused(404, `There is no ${kind} ${id}.`);
}
