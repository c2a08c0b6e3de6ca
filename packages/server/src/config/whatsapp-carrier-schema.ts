import { type Static, Type } from "typebox";
import { choice, type DeepReadonly, integer, text } from "./schema-kit.ts";
import { SECRET_REFERENCE } from "./secret.ts";

const SENDERS_MAX = 1000;
const ID = { pattern: "^[0-9]{1,32}$", rule: "digits" } as const;
const WEB_URL = { pattern: "^https?://[^/?#]+(?:/[^?#]*[^/?#])?$", rule: "an http or https URL without / at its end" };

const secret = (description: string) => Type.Object(SECRET_REFERENCE.properties, { ...SECRET_REFERENCE, description });

export const WHATSAPP_SENDER_SCHEMA = Type.Object(
  {
    number: Type.String({
      pattern: "^[1-9][0-9]{4,14}$",
      rule: "a number in digits, without + or 00",
      digits: true,
      description: "The number that customers send from.",
    }),
    phoneNumberId: Type.String({ ...ID, digits: true, description: "What Meta calls it: its phone number ID." }),
  },
  { additionalProperties: false, description: "One number of the WhatsApp Business Account." },
);

/** An entry of `carriers`: numbers of one WhatsApp Business Account, behind one token. */
export const whatsappCloudCarrier = Type.Object(
  {
    type: Type.Literal("whatsapp-cloud", { description: "What kind of carrier it is." }),
    baseUrl: text("Where the Graph API is; another one for an emulator.", "https://graph.facebook.com", WEB_URL),
    graphVersion: text("The API's version.", "v25.0", { pattern: "^v[0-9]{1,3}\\.[0-9]$", rule: "as in v25.0" }),
    token: secret("The access token of a system user."),
    appSecret: secret("The app's secret, which Meta signs its calls with."),
    verifyToken: secret("What Meta's handshake must name: a word of your own, the same as in the app's settings."),
    businessAccountId: Type.Optional(
      Type.String({
        ...ID,
        digits: true,
        description: "The WhatsApp Business Account. Without it templates and flows of its senders are refused.",
      }),
    ),
    appId: Type.Optional(
      Type.String({
        ...ID,
        digits: true,
        description:
          "The app that logos and files in templates' headers are uploaded to; the token's user needs a role in it. Without it they are refused.",
      }),
    ),
    registrationPin: Type.Optional(
      secret(
        "The PIN of two-step verification that numbers are registered with. Absent: they are registered elsewhere.",
      ),
    ),
    senders: Type.Array(WHATSAPP_SENDER_SCHEMA, {
      minItems: 1,
      maxItems: SENDERS_MAX,
      description: "Its numbers.",
    }),
    windowSize: integer("Requests without an answer.", { unit: "requests", default: 40, minimum: 1, maximum: 1000 }),
    messagesPerSecond: integer("What each number may send. Meta allows 80, and 1000 on request.", {
      unit: "messages/s",
      default: 80,
      minimum: 1,
      maximum: 1000,
    }),
    connectTimeoutMs: integer("How long a connection may take to come up.", {
      unit: "ms",
      default: 5000,
      minimum: 100,
      maximum: 30_000,
    }),
    answerTimeoutMs: integer("How long an answer may take; after that its message is uncertain.", {
      unit: "ms",
      default: 20_000,
      minimum: 100,
      maximum: 40_000,
    }),
    uncertain: choice(
      "What becomes of a message whose answer was lost. hold: it waits for its status, which says what it was. resend: it is sent again, and may arrive twice.",
      ["resend", "hold"],
      "hold",
    ),
    publicUrl: Type.Optional(
      Type.String({
        maxLength: 4096,
        ...WEB_URL,
        description: "What customers reach this server by, for the URLs of media. Absent: what Meta's webhook came by.",
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      "WhatsApp's Cloud API, for the channel WHATSAPP. Its webhook is /carriers/NAME/webhook, to be entered in the app's settings with the verify token, and subscribed to messages and, for what customers set up, to the fields that operating.md names.",
  },
);

export type WhatsAppCloudEntry = DeepReadonly<Static<typeof whatsappCloudCarrier>>;
