import type { TemplateStatus, TemplateStructure } from "@posthorn/contract";
import { accountOf } from "./carried-templates.ts";
import { find, isNumber, KIND, ownBusinessAccountOf, templateKey } from "./records.ts";
import type { WhatsAppContext } from "./records.ts";
import type { StoredTemplate } from "./template-view.ts";

/** Statuses in which WhatsApp sends a template. */
const SENDABLE: ReadonlySet<TemplateStatus> = new Set(["APPROVED", "REINSTATED", "FLAGGED"]);

/** As it is kept here, whatever its status: whether it can be sent is the carrier's to say. Null: it is not known. */
export async function keptStructureOf(
  context: Pick<WhatsAppContext, "store">,
  accountId: number,
  template: { readonly businessAccountId: number; readonly name: string; readonly language: string },
): Promise<TemplateStructure | null> {
  const kept = await find<StoredTemplate>(context, accountId, KIND.template, templateKey(template));
  return kept?.structure ?? null;
}

/** What a send that names a template sends; null: the sender has none of this name and language that can be sent now. */
export async function findSentTemplate(
  context: Pick<WhatsAppContext, "store" | "administrationOf">,
  {
    accountId,
    sender,
    templateName: name,
    language,
  }: {
    readonly accountId: number;
    readonly sender: string;
    readonly templateName: string;
    readonly language: string;
  },
): Promise<TemplateStructure | null> {
  if (!isNumber(sender)) return null;
  const administration = context.administrationOf(accountId, sender);
  // Of a carrier's templates the copy is looked at: nothing that is sent waits for a list.
  const carried = administration === null ? null : accountOf(administration);
  const businessAccountId = carried ?? (await ownBusinessAccountOf(context, accountId, sender));
  const key = templateKey({ businessAccountId, language, name });
  const template = await find<StoredTemplate>(context, accountId, KIND.template, key);
  return template !== null && SENDABLE.has(template.status) ? template.structure : null;
}
