/** What a new sandbox has from the beginning, so that Infobip's examples and ours can be tried as they stand. */
import type { Clock } from "../kernel/clock.ts";
import { secretHex } from "../kernel/random.ts";
import { defaultFlow } from "./flow-json.ts";
import type { StoredFlow } from "./flows.ts";
import { businessAccountBase, type DocumentStore, find, KIND, putting, templateKey } from "./records.ts";
import { EXAMPLES } from "./rules.ts";
import { shownStructure, type StoredTemplate } from "./template-view.ts";

/** Below the ids that are given. */
const TEMPLATE_ID_FIRST = 1_000_000 - EXAMPLES.templates.length;
const MARK_ID = "made";

/**
 * Makes the examples of an account once, in one commit with the mark that says so: who deletes one does not find it
 * again. What is there already under their names stays as it is.
 */
export async function makeExamples(store: DocumentStore, clock: Clock, accountId: number): Promise<void> {
  if ((await store.findDocument(accountId, KIND.examples, MARK_ID)) !== null) return;
  const context = { store, clock };
  const businessAccountId = businessAccountBase(accountId);
  const at = clock.now();
  const changes = [putting(context, accountId, KIND.examples, MARK_ID, {})];
  for (const [index, { name, language, text }] of EXAMPLES.templates.entries()) {
    const key = templateKey({ businessAccountId, language, name });
    if ((await find(context, accountId, KIND.template, key)) !== null) continue;
    const id = String(TEMPLATE_ID_FIRST + index);
    const structure = shownStructure({ body: { text } });
    const facts = { id, businessAccountId, name, language, status: "APPROVED", category: "UTILITY" } as const;
    const template: StoredTemplate = { ...facts, structure, createdAt: at, updatedAt: at };
    changes.push(putting(context, accountId, KIND.template, key, template));
    changes.push(putting(context, accountId, KIND.templateId, id, key));
  }
  if ((await find(context, accountId, KIND.flow, EXAMPLES.flowId)) === null) {
    const flow: StoredFlow = {
      id: EXAMPLES.flowId,
      name: "Example",
      businessAccountId,
      categories: ["OTHER"],
      status: "DRAFT",
      hasErrors: false,
      token: secretHex(16),
    };
    changes.push(putting(context, accountId, KIND.flow, flow.id, flow));
    changes.push(putting(context, accountId, KIND.flowJson, flow.id, defaultFlow()));
  }
  // An account that is full of its own has no room for examples, and no need of them.
  await store.changeDocuments(changes);
}
