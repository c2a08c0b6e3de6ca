import type { Action } from "./action.ts";
import { parseAnswer, type Parsed } from "./answer.ts";
import { SETTLED_WHATSAPP, settleDuplicate } from "./duplicate.ts";
import { violationError } from "./error.ts";
import { JSON_HEADERS } from "./json-headers.ts";
import { PLACEHOLDER_COUNT_MAX } from "./limits.ts";
import type { Lookup, LookupInput, Option } from "./lookup.ts";
import type { NamedProperty } from "./properties.ts";
import type { HttpResponse } from "./runtime.ts";
import type { SendWhatsappTextMessageOutput } from "./send-whatsapp-text-message.ts";
import { WHATSAPP_ADDRESSES, WHATSAPP_MESSAGE, WHATSAPP_SAMPLE } from "./whatsapp-properties.ts";
import { carouselOf } from "./template-cards.ts";
import {
  checkTemplateInput,
  completeInput,
  isTemplateNeeded,
  type SendWhatsappTemplateMessageInput,
} from "./template-input.ts";
import { placeholderValues, readPlaceholders } from "./template-placeholders.ts";
import { TEMPLATE_OPTIONS } from "./template-properties.ts";
import { readTemplates, type Template, templatesRequest } from "./templates.ts";

export interface SendWhatsappTemplateMessageOutput {
  readonly messages: readonly SendWhatsappTextMessageOutput[];
  readonly bulkId?: string;
}

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
  const places = new Map(texts.flatMap(readPlaceholders).map(({ number, name }) => [number, name]));
  return [...places]
    .toSorted(([left], [right]) => left - right)
    .map(([number, name]) => ({
      name: `_${number}`,
      label: texts.length === 1 ? name : String(number),
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
      ...TEMPLATE_OPTIONS,
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
  const { from, to, templateName, language, callbackData, notifyUrl, smsFailover } = input;
  return {
    from,
    to,
    messageId,
    content: { templateName, templateData: templateDataOf(input), language },
    ...(callbackData === undefined ? {} : { callbackData }),
    ...(notifyUrl === undefined ? {} : { notifyUrl }),
    ...(smsFailover === undefined ? {} : { smsFailover }),
  };
}

function templateDataOf(input: SendWhatsappTemplateMessageInput): object {
  const { placeholders = {}, header, buttons = [], cards = [], limitedTimeOffer, orderStatuses = [] } = input;
  return {
    body: { placeholders: placeholderValues(placeholders) },
    ...(header === undefined ? {} : { header }),
    ...(buttons.length === 0 ? {} : { buttons }),
    ...(cards.length === 0 ? {} : { carousel: carouselOf(cards) }),
    ...(limitedTimeOffer === undefined ? {} : { limitedTimeOffer }),
    ...(orderStatuses.length === 0 ? {} : { orderStatus: { orderStatuses } }),
  };
}
