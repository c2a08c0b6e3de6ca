import { GraphError } from "../errors.ts";
import { digitsOf, isUserId } from "../ids.ts";
import { isObject, type JsonObject, valueAt } from "../json.ts";
import { checkInteractive } from "./interactive.ts";
import { checkMedia } from "./media-object.ts";
import { ObjectReader } from "./read.ts";
import { readTemplate, type TemplateSend } from "./template-object.ts";

const TEXT_MAX = 4096;
const CALLBACK_DATA_MAX = 512;
const CONTACTS_MAX = 257;
const LOCATION_TEXT_MAX = 1000;

/** What was asked for at `/{phone number id}/messages`. */
export type MessagesRequest = ReadMark | Send;

export interface ReadMark {
  readonly kind: "read";
  readonly messageId: string;
  readonly isTypingShown: boolean;
}

export interface Send {
  readonly kind: "send";
  /** `to` as it came, or the user id. */
  readonly input: string;
  /** Digits, or the user id. */
  readonly user: string;
  readonly isUserId: boolean;
  readonly type: string;
  readonly template: TemplateSend | null;
  readonly callbackData: string | null;
  readonly body: JsonObject;
}

function checkContact(contact: ObjectReader): void {
  contact.only(["addresses", "birthday", "emails", "name", "org", "phones", "urls"]);
  contact.child("name").text("formatted_name");
  for (const name of ["addresses", "emails", "phones", "urls"]) {
    if (contact.has(name)) contact.children(name, 0, CONTACTS_MAX);
  }
}

const CONTENTS: Readonly<Record<string, (message: ObjectReader) => void>> = {
  text: (message) => {
    const text = message.child("text");
    text.only(["body", "preview_url"]);
    text.flag("preview_url");
    text.text("body", { max: TEXT_MAX });
  },
  image: (message) => checkMedia(message.child("image"), "image"),
  audio: (message) => checkMedia(message.child("audio"), "audio"),
  video: (message) => checkMedia(message.child("video"), "video"),
  document: (message) => checkMedia(message.child("document"), "document"),
  sticker: (message) => checkMedia(message.child("sticker"), "sticker"),
  location: (message) => {
    const location = message.child("location");
    location.only(["latitude", "longitude", "name", "address"]);
    location.number("latitude", -90, 90);
    location.number("longitude", -180, 180);
    location.optionalText("name", { min: 0, max: LOCATION_TEXT_MAX });
    location.optionalText("address", { min: 0, max: LOCATION_TEXT_MAX });
  },
  contacts: (message) => message.children("contacts", 1, CONTACTS_MAX).forEach(checkContact),
  reaction: (message) => {
    const reaction = message.child("reaction");
    reaction.only(["message_id", "emoji"]);
    reaction.text("message_id");
    // Empty takes the reaction back.
    reaction.text("emoji", { min: 0 });
  },
  interactive: (message) => checkInteractive(message.child("interactive")),
  template: () => {},
};
const TYPES = Object.keys(CONTENTS);

/** `text` unless given, and where there is just one content, that: examples of Meta's leave the type out. */
function typeOf(message: ObjectReader): string {
  if (message.has("type")) return message.choice("type", TYPES);
  const present = TYPES.filter((type) => message.has(type));
  return present.length === 1 && present[0] !== undefined ? present[0] : "text";
}

function readMark(message: ObjectReader): ReadMark {
  message.choice("status", ["read"]);
  const messageId = message.text("message_id");
  const typing = message.optionalChild("typing_indicator");
  typing?.choice("type", ["text"]);
  return { kind: "read", messageId, isTypingShown: typing !== null };
}

function readRecipient(message: ObjectReader): Pick<Send, "input" | "user" | "isUserId"> {
  if (!message.has("to")) {
    if (!message.has("recipient")) throw new GraphError(100, "to is required");
    const recipient = message.text("recipient");
    if (!isUserId(recipient)) throw new GraphError(131009, "recipient is not a user id");
    return { input: recipient, user: recipient, isUserId: true };
  }
  const input = message.text("to");
  const user = digitsOf(input);
  if (user === null) throw new GraphError(131009, "to is not a phone number");
  return { input, user, isUserId: false };
}

/** @throws GraphError that names the property which is wrong */
export function readMessagesRequest(body: unknown): MessagesRequest {
  if (!isObject(body)) throw new GraphError(100, "The body is not an object");
  if (valueAt(body, "messaging_product") !== "whatsapp") {
    throw new GraphError(100, "messaging_product is required and is whatsapp");
  }
  const message = new ObjectReader(body, "");
  if (message.has("status")) return readMark(message);
  if (message.has("recipient_type")) message.choice("recipient_type", ["individual"]);
  const recipient = readRecipient(message);
  const type = typeOf(message);
  message.optionalChild("context")?.text("message_id");
  CONTENTS[type]?.(message);
  return {
    kind: "send",
    ...recipient,
    type,
    template: type === "template" ? readTemplate(message.child("template")) : null,
    callbackData: message.optionalText("biz_opaque_callback_data", { max: CALLBACK_DATA_MAX }),
    body,
  };
}
