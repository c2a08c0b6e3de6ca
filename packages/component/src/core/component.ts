import type { NamedProperty } from "./properties.ts";
import { sendSms, type SendSmsInput, type SendSmsOutput } from "./send-sms.ts";
import {
  sendWhatsappTemplateMessage,
  type SendWhatsappTemplateMessageOutput,
} from "./send-whatsapp-template-message.ts";
import {
  sendWhatsappTextMessage,
  type SendWhatsappTextMessageInput,
  type SendWhatsappTextMessageOutput,
} from "./send-whatsapp-text-message.ts";
import type { SendWhatsappTemplateMessageInput } from "./template-input.ts";

/** What each action takes and gives, by its name in workflows. */
export interface ActionTypes {
  readonly sendSMS: { readonly input: SendSmsInput; readonly output: SendSmsOutput };
  readonly sendWhatsappTextMessage: {
    readonly input: SendWhatsappTextMessageInput;
    readonly output: SendWhatsappTextMessageOutput;
  };
  readonly sendWhatsappTemplateMessage: {
    readonly input: SendWhatsappTemplateMessageInput;
    readonly output: SendWhatsappTemplateMessageOutput;
  };
}

export type ActionName = keyof ActionTypes;

const connectionProperties: readonly NamedProperty[] = [
  { name: "key", label: "API Key", required: true, type: "STRING" },
  {
    name: "baseUrl",
    label: "Base URL",
    description: "Personalized base URL for API requests.",
    exampleValue: "xxxxx.api.infobip.com",
    required: true,
    type: "STRING",
  },
];

/**
 * The component `infobip/v1`: everything a host needs to offer it. Names, labels and descriptions are the reference
 * component's, because workflows and people rely on them.
 */
export const COMPONENT = {
  /** The form of this object; a host built for another form must refuse it. */
  specification: "v1",
  name: "infobip",
  version: 1,
  title: "Infobip",
  description:
    "Infobip is a global communications platform that provide cloud-based messaging and omnichannel communication solutions for businesses.",
  icon: "path:assets/infobip.svg",
  categories: [{ name: "communication", label: "Communication" }],
  connection: {
    version: 1,
    name: "api_key",
    type: "API_KEY",
    title: "API Key",
    properties: connectionProperties,
    /** `Authorization: App <key>`, Infobip's recommended form. */
    authHeaders: (key: string): Readonly<Record<string, string>> => ({ authorization: `App ${key}` }),
  },
  actions: { sendSMS: sendSms, sendWhatsappTextMessage, sendWhatsappTemplateMessage },
} as const;

/** The type of a task in a workflow: `infobip/v1/sendSMS`. */
export function taskType(action: ActionName): string {
  return `${COMPONENT.name}/v${COMPONENT.version}/${action}`;
}

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(COMPONENT.actions, name);
}
