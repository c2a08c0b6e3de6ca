import type { Clock } from "../kernel/clock.ts";
import type { OperationHandlers } from "../http/routes.ts";
import type { Store } from "../store/store.ts";
import { listAccounts, totalBalance, updateAccount } from "./accounts.ts";
import { ApiKeyDesk } from "./api-keys.ts";
import { AssociationsDesk } from "./associations.ts";
import { BlocklistDesk } from "./blocklist.ts";
import { ProvisioningDesk } from "./provisioning.ts";

export interface AccountDesksOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** What clients are shown of the account. */
  readonly shown: { readonly balance: number; readonly currency: string };
  readonly onKeyChanged: (secretHash: string) => void;
  readonly onBlocklisted: (accountId: number) => void;
}

/** What an account sets up by itself, each part with what others need of it. */
export function openAccountDesks({ store, clock, shown, onKeyChanged, onBlocklisted }: AccountDesksOptions) {
  const provisioning = new ProvisioningDesk({ store, clock });
  const blocklist = new BlocklistDesk({ store, clock, onAdded: onBlocklisted });
  const keys = new ApiKeyDesk({
    store,
    clock,
    onChanged: onKeyChanged,
    ensurePlatforms: (accountId, platform) => provisioning.ensurePlatforms(accountId, platform),
  });
  const handlers = {
    getAccountBalance: async () => ({ balance: shown.balance, currency: shown.currency }),
    getTotalBalance: async () => totalBalance(shown),
    getFreeMessages: async () => ({ remainingCount: 0 }),
    getAccounts: ({ accountId, query }) => listAccounts({ store, clock }, accountId, query),
    updateAccount: ({ accountId, params, body }) => updateAccount({ store, clock }, accountId, params.accountKey, body),
    ...keyHandlers(keys),
    ...blocklistHandlers(blocklist),
    ...provisioningHandlers(provisioning, new AssociationsDesk({ store, provisioning, clock })),
  } satisfies Partial<OperationHandlers>;
  return { handlers, provisioning, blocklist };
}

function keyHandlers(keys: ApiKeyDesk) {
  return {
    getApiKeys: ({ accountId, query }) => keys.list(accountId, query),
    createApiKey: ({ accountId, body }) => keys.create(accountId, body),
    getApiKey: ({ accountId, params }) => keys.get(accountId, params.apiKeyId),
    updateApiKey: ({ accountId, params, body }) => keys.update(accountId, params.apiKeyId, body),
    getApiKeysV1: ({ accountId, params, query }) => keys.listV1(accountId, params.accountKey, query),
    createApiKeyV1: ({ accountId, params, body }) => keys.createV1(accountId, params.accountKey, body),
    getApiKeyV1: ({ accountId, params }) => keys.getV1(accountId, params.accountKey, params.key),
    updateApiKeyV1: ({ accountId, params, body }) => keys.updateV1(accountId, params, body),
  } satisfies Partial<OperationHandlers>;
}

function blocklistHandlers(blocklist: BlocklistDesk) {
  return {
    getBlocklists: ({ accountId, query }) => blocklist.list(accountId, query),
    createBlocklists: ({ accountId, body }) => blocklist.create(accountId, body),
    deleteBlocklists: ({ accountId, body }) => blocklist.delete(accountId, body),
  } satisfies Partial<OperationHandlers>;
}

function provisioningHandlers(provisioning: ProvisioningDesk, associations: AssociationsDesk) {
  return {
    getApplications: ({ accountId, query }) => provisioning.applications(accountId, query),
    createApplication: ({ accountId, body }) => provisioning.createApplication(accountId, body),
    getApplication: ({ accountId, params }) => provisioning.application(accountId, params.applicationId),
    modifyApplication: ({ accountId, params, body }) =>
      provisioning.modifyApplication(accountId, params.applicationId, body),
    deleteApplication: ({ accountId, params }) => provisioning.deleteApplication(accountId, params.applicationId),
    getEntities: ({ accountId, query }) => provisioning.entities(accountId, query),
    createEntity: ({ accountId, body }) => provisioning.createEntity(accountId, body),
    getEntity: ({ accountId, params }) => provisioning.entity(accountId, params.entityId),
    modifyEntity: ({ accountId, params, body }) => provisioning.modifyEntity(accountId, params.entityId, body),
    deleteEntity: ({ accountId, params }) => provisioning.deleteEntity(accountId, params.entityId),
    getResourceAssociations: ({ accountId, query }) => associations.list(accountId, query),
    createResourceAssociation: ({ accountId, body }) => associations.create(accountId, body),
    deleteResourceAssociation: ({ accountId, body }) => associations.delete(accountId, body),
    getResourceAssociation: ({ accountId, query }) => associations.get(accountId, query),
  } satisfies Partial<OperationHandlers>;
}
