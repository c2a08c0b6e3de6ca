import type { ProvisioningPageQuery } from "@posthorn/contract";

/** There without having been made, and what belongs to no other belongs to it. */
export const APPLICATION_DEFAULT = "default";
const PAGE_SIZE_DEFAULT = 20;

/** One page of `items`, as every list of applications, entities and associations has it. */
export function pageOf<Item>(items: readonly Item[], { page = 0, size = PAGE_SIZE_DEFAULT }: ProvisioningPageQuery) {
  return {
    results: items.slice(page * size, (page + 1) * size),
    paging: { page, size, totalPages: Math.ceil(items.length / size), totalResults: items.length },
  };
}
