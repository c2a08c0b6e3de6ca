import type { Action } from "./action.ts";
import { parseAnswer, type Parsed } from "./answer.ts";
import { SETTLED_WHATSAPP, settleDuplicate } from "./duplicate.ts";
import { violationError } from "./error.ts";
import { JSON_HEADERS } from "./json-headers.ts";
import { PLACEHOLDER_COUNT_MAX, TEMPLATE_BUTTON_COUNT_MAX } from "./limits.ts";
import type { Lookup, LookupInput, Option } from "./lookup.ts";
import type { NamedProperty, ObjectProperty } from "./properties.ts";
import type { HttpResponse } from "./runtime.ts";
import type { SendWhatsappTextMessageOutput } from "./send-whatsapp-text-message.ts";
import { WHATSAPP_ADDRESSES, WHATSAPP_MESSAGE, WHATSAPP_SAMPLE } from "./whatsapp-properties.ts";
import {
  BUTTON_TYPES,
  checkTemplateInput,
  completeInput,
  HEADER_TYPES,
  isTemplateNeeded,
  placeholderValues,
  type SendWhatsappTemplateMessageInput,
} from "./template-input.ts";
import { placeholderNumbers, readTemplates, type Template, templatesRequest } from "./templates.ts";

export interface SendWhatsappTemplateMessageOutput {
  readonly messages: readonly SendWhatsappTextMessageOutput[];
  readonly bulkId?: string;
}

const LATITUDE_MAX = 90;
const LONGITUDE_MAX = 180;

const HEADER: readonly NamedProperty[] = [
  {
    name: "type",
    label: "Type",
    description: "Type of the template's header. Left out, it is looked up.",
    type: "STRING",
    controlType: "SELECT",
    options: HEADER_TYPES,
  },
  { name: "placeholder", label: "Placeholder", description: "Value of {{1}} in a text header.", type: "STRING" },
  {
    name: "mediaUrl",
    label: "Media URL",
    description: "Address of the image, video or document.",
    type: "STRING",
    maxLength: 2048,
  },
  { name: "filename", label: "Filename", description: "Name of the document.", type: "STRING", maxLength: 240 },
  { name: "latitude", label: "Latitude", type: "NUMBER", minValue: -LATITUDE_MAX, maxValue: LATITUDE_MAX },
  { name: "longitude", label: "Longitude", type: "NUMBER", minValue: -LONGITUDE_MAX, maxValue: LONGITUDE_MAX },
];

const BUTTON: ObjectProperty = {
  type: "OBJECT",
  properties: [
    {
      name: "type",
      label: "Type",
      description: "Type of the button. Left out, it is looked up.",
      type: "STRING",
      controlType: "SELECT",
      options: BUTTON_TYPES,
    },
    {
      name: "parameter",
      label: "Parameter",
      description: "Payload of a quick reply, end of a URL, or code to copy.",
      required: true,
      type: "STRING",
    },
  ],
};

const OPTIONS: readonly NamedProperty[] = [
  {
    name: "language",
    label: "Language",
    description: "Language of the template. Needed only when the template has several; else it is looked up.",
    type: "STRING",
    controlType: "SELECT",
    optionsDependOn: ["from", "templateName"],
  },
  {
    name: "header",
    label: "Header",
    description: "What the template's header is filled with.",
    type: "OBJECT",
    properties: HEADER,
  },
  {
    name: "buttons",
    label: "Buttons",
    description: "Parameters of the template's buttons, in its order; buttons that take none are left out.",
    type: "ARRAY",
    items: [BUTTON],
    maxItems: TEMPLATE_BUTTON_COUNT_MAX,
  },
  {
    name: "callbackData",
    label: "Callback Data",
    description: "Text that comes back in the delivery report.",
    type: "STRING",
    maxLength: 4000,
  },
  {
    name: "notifyUrl",
    label: "Notify URL",
    description: "Where delivery and seen reports of this message are sent to.",
    type: "STRING",
    maxLength: 2048,
  },
  {
    name: "bulkId",
    label: "Bulk ID",
    description: "ID that this message shares with others.",
    type: "STRING",
    maxLength: 100,
  },
  {
    name: "smsFailover",
    label: "SMS Failover",
    description: "SMS that is sent instead when the template message could not be delivered.",
    type: "OBJECT",
    properties: [
      { name: "from", label: "From", description: "Sender of the SMS.", required: true, type: "STRING", maxLength: 24 },
      { name: "text", label: "Text", description: "Text of the SMS.", required: true, type: "STRING", maxLength: 4096 },
    ],
  },
];

/** A lookup that makes something of a sender's templates. */
function ofTemplates<Result>(make: (templates: readonly Template[], input: LookupInput) => Result) {
  return {
    request: (input: LookupInput) => templatesRequest(input["from"] ?? ""),
    read(response: HttpResponse, input: LookupInput): Parsed<Result> {
      const parsed = readTemplates(response);
      return parsed.ok ? { ok: true, output: make(parsed.output, input) } : parsed;
    },
  };
}

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  templateName: { kind: "options", dependsOn: ["from"], ...ofTemplates(nameOptions) },
  language: { kind: "options", dependsOn: ["from", "templateName"], ...ofTemplates(languageOptions) },
  placeholders: { kind: "properties", dependsOn: ["from", "templateName"], ...ofTemplates(placeholderProperties) },
};

function nameOptions(templates: readonly Template[]): readonly Option[] {
  const languages = new Map<string, string[]>();
  for (const { name, language } of templates) languages.set(name, [...(languages.get(name) ?? []), language]);
  return [...languages].map(([name, of]) => ({ value: name, label: `${name} (${of.join(", ")})` }));
}

function languageOptions(templates: readonly Template[], { templateName }: LookupInput): readonly Option[] {
  return templates
    .filter(({ name }) => name === templateName)
    .map(({ language }) => ({ value: language, label: language }));
}

/** The body's placeholders. Of a template with several languages and none chosen: all that any of them has. */
function placeholderProperties(templates: readonly Template[], input: LookupInput): readonly NamedProperty[] {
  const { templateName, language } = input;
  const texts = templates
    .filter((template) => template.name === templateName && (language ?? template.language) === template.language)
    .map(({ bodyText }) => bodyText);
  return placeholderNumbers(texts.join("\n")).map((number) => ({
    name: `_${number}`,
    label: String(number),
    ...(texts.length === 1 ? { description: texts[0] as string } : {}),
    required: true,
    type: "STRING",
  }));
}

export const sendWhatsappTemplateMessage: Action<SendWhatsappTemplateMessageInput, SendWhatsappTemplateMessageOutput> =
  {
    name: "sendWhatsappTemplateMessage",
    title: "Send Whatsapp Template Message",
    description: "Send a template message.",
    effect: "write",
    idempotent: "with-key",
    properties: [
      ...WHATSAPP_ADDRESSES,
      {
        name: "templateName",
        label: "Template Name",
        description: "Name of the WhatsApp template to use.",
        required: true,
        type: "STRING",
        controlType: "SELECT",
        optionsDependOn: ["from"],
      },
      {
        name: "placeholders",
        type: "DYNAMIC_PROPERTIES",
        propertiesDependOn: ["templateName"],
        namePattern: "^_?[1-9][0-9]{0,2}$",
        maxProperties: PLACEHOLDER_COUNT_MAX,
      },
      ...OPTIONS,
    ],
    output: {
      type: "OBJECT",
      properties: [{ name: "messages", type: "ARRAY", items: [WHATSAPP_MESSAGE] }],
    },
    sampleOutput: { messages: [WHATSAPP_SAMPLE] },
    lookups: LOOKUPS,

    check: checkTemplateInput,

    prepare(input) {
      if (!isTemplateNeeded(input)) return undefined;
      return {
        request: templatesRequest(input.from),
        complete(response) {
          const parsed = readTemplates(response);
          if (!parsed.ok) return parsed;
          const completed = completeInput(input, parsed.output);
          if (completed.violations === undefined) return { ok: true, output: completed.input };
          return { ok: false, error: violationError("INVALID_INPUT", completed.violations) };
        },
      };
    },

    destinations: ({ to }) => [to],

    buildRequest: (input, { messageIds }) => ({
      method: "POST",
      path: "/whatsapp/1/message/template",
      query: {},
      headers: JSON_HEADERS,
      body: {
        messages: [messageOf(input, messageIds[0])],
        ...(input.bulkId === undefined ? {} : { bulkId: input.bulkId }),
      },
    }),

    parseResponse(response, { isRepeat } = { isRepeat: false }) {
      const parsed = parseAnswer<SendWhatsappTemplateMessageOutput>(response, (body) =>
        Array.isArray(body["messages"]),
      );
      if (!parsed.ok || !isRepeat) return parsed;
      const messages = parsed.output.messages.map((message) => settleDuplicate(message, SETTLED_WHATSAPP));
      return { ok: true, output: { ...parsed.output, messages } };
    },
  };

function messageOf(input: SendWhatsappTemplateMessageInput, messageId: string | undefined): object {
  const { from, to, templateName, language, placeholders = {}, header, buttons = [] } = input;
  const { callbackData, notifyUrl, smsFailover } = input;
  return {
    from,
    to,
    messageId,
    content: {
      templateName,
      templateData: {
        body: { placeholders: placeholderValues(placeholders) },
        ...(header === undefined ? {} : { header }),
        ...(buttons.length === 0 ? {} : { buttons }),
      },
      language,
    },
    ...(callbackData === undefined ? {} : { callbackData }),
    ...(notifyUrl === undefined ? {} : { notifyUrl }),
    ...(smsFailover === undefined ? {} : { smsFailover }),
  };
}
