import type { SenderNotice } from "../carrier/sender-administration.ts";
import type { OperationHandlers } from "../http/routes.ts";
import { noteRating } from "./carried-senders.ts";
import { ContactDesk } from "./contacts.ts";
import { FlowDesk } from "./flows.ts";
import type { WhatsAppContext } from "./records.ts";
import { PICTURE_TYPE } from "./rules.ts";
import { SenderDesk } from "./senders.ts";
import { TemplateDesk } from "./templates.ts";

/** Everything of WhatsApp that sends no message. */
export function openWhatsAppDesks(context: WhatsAppContext) {
  const flows = new FlowDesk(context);
  const contacts = new ContactDesk(context);
  const templates = new TemplateDesk(context);
  const handlers = {
    ...templateHandlers(templates),
    ...flowHandlers(flows),
    ...senderHandlers(new SenderDesk(context)),
    ...contactHandlers(contacts),
  } satisfies Partial<OperationHandlers>;
  const takeNotices = async (accountId: number, notices: readonly SenderNotice[]) => {
    for (const notice of notices) {
      if (notice.kind === "sender-rating") await noteRating(context, accountId, notice);
      else await templates.takeNotices(accountId, [notice]);
    }
  };
  return { handlers, flows, contacts, takeNotices };
}

function templateHandlers(desk: TemplateDesk) {
  return {
    getWhatsappTemplates: ({ accountId, params }) => desk.list(accountId, params.sender),
    createWhatsappTemplate: ({ accountId, params, body }) => desk.create(accountId, params.sender, body),
    deleteWhatsappTemplate: ({ accountId, params }) => desk.delete(accountId, params.sender, params.templateName),
    getWhatsappTemplate: ({ accountId, params }) => desk.get(accountId, params.sender, params.id),
    editWhatsappTemplate: ({ accountId, params, body }) => desk.edit(accountId, params.sender, params.id, body),
    getWhatsappTemplatesV1: ({ accountId, params }) => desk.listV1(accountId, params.sender),
    createWhatsappTemplateV1: ({ accountId, params, body }) => desk.createV1(accountId, params.sender, body),
    getAccountWhatsappTemplates: ({ accountId, query }) => desk.listAccount(accountId, query),
  } satisfies Partial<OperationHandlers>;
}

function flowHandlers(desk: FlowDesk) {
  return {
    getWhatsappFlows: ({ accountId, params }) => desk.list(accountId, params.sender),
    createWhatsappFlow: ({ accountId, params, body }) => desk.create(accountId, params.sender, body),
    deleteWhatsappFlow: ({ accountId, params }) => desk.delete(accountId, params),
    updateWhatsappFlow: ({ accountId, params, body }) => desk.update(accountId, params, body),
    publishWhatsappFlow: ({ accountId, params }) => desk.publish(accountId, params),
    getWhatsappFlowJson: ({ accountId, params, baseUrl }) => desk.jsonLink(accountId, params, baseUrl),
    addWhatsappFlowJson: ({ accountId, params, body }) => desk.addJson(accountId, params, body),
    deprecateWhatsappFlow: ({ accountId, params }) => desk.deprecate(accountId, params),
    getWhatsappFlowPreview: ({ accountId, params, baseUrl }) => desk.previewLink(accountId, params, baseUrl),
    generateWhatsappFlow: ({ accountId, params, body }) => desk.generate(accountId, params.sender, body),
  } satisfies Partial<OperationHandlers>;
}

function senderHandlers(desk: SenderDesk) {
  return {
    getWhatsappSendersQuality: ({ accountId, query }) => desk.quality(accountId, query.senders),
    getWhatsappBusinessInfo: ({ accountId, params }) => desk.businessInfo(accountId, params.sender),
    updateWhatsappBusinessInfo: ({ accountId, params, body }) =>
      desk.updateBusinessInfo(accountId, params.sender, body),
    getWhatsappBusinessLogo: async ({ accountId, params, setHeader }) => {
      const { bytes, contentType } = await desk.logo(accountId, params.sender);
      setHeader("content-type", contentType);
      // It may be anything that somebody uploaded at Meta, and is never a page of ours.
      setHeader("x-content-type-options", "nosniff");
      return bytes;
    },
    getWhatsappCallingPermission: ({ accountId, params }) =>
      desk.callingPermission(accountId, params.sender, params.userNumber),
    getWhatsappPublicKey: ({ accountId, params }) => desk.publicKey(accountId, params.sender),
    uploadWhatsappPublicKey: ({ accountId, params, body }) => desk.uploadPublicKey(accountId, params.sender, body.file),
    addWhatsappSender: ({ accountId, params, body }) => desk.add(accountId, params.businessAccountId, body),
    retryWhatsappSenderVerification: ({ accountId, params, body }) =>
      desk.retryVerification(accountId, params.sender, body),
    verifyWhatsappSender: ({ accountId, params, body }) => desk.verify(accountId, params.sender, body.code),
  } satisfies Partial<OperationHandlers>;
}

function contactHandlers(desk: ContactDesk) {
  return {
    downloadWhatsappMedia: ({ accountId, params, setHeader }) => {
      setHeader("content-type", PICTURE_TYPE);
      return desk.media(accountId, params.sender, params.mediaId);
    },
    deleteWhatsappMedia: ({ accountId, params, body }) => desk.deleteMedia(accountId, params.sender, body.url),
    getWhatsappPayuPayment: ({ accountId, params }) => desk.payment(accountId, params, "UPI"),
    getWhatsappBrazilPayment: ({ accountId, params }) => desk.payment(accountId, params, "BR"),
    getWhatsappUpiPayment: ({ accountId, params }) => desk.payment(accountId, params, "UPI"),
    getWhatsappIdentity: ({ accountId, params }) => desk.identity(accountId, params),
    confirmWhatsappIdentity: ({ accountId, params, body }) => desk.confirmIdentity(accountId, params, body.hash),
    deleteWhatsappIdentity: ({ accountId, params }) => desk.deleteIdentity(accountId, params),
    submitWhatsappConversions: ({ accountId, body }) => desk.submitConversions(accountId, body),
    submitWabaWhatsappConversions: ({ accountId, body }) => desk.submitWabaConversions(accountId, body),
  } satisfies Partial<OperationHandlers>;
}
