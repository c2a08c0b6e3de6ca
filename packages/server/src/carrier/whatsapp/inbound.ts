/**
 * What users send, as Infobip tells its customers (whatsapp.json: the contents of an inbound message). What the Cloud
 * API has and Infobip has no name for becomes UNSUPPORTED, so that nothing is lost in silence.
 */
import { formatDate } from "@posthorn/contract";
import { type Json, known, numberIn, objectIn, objectsIn, textIn, timeIn } from "./json.ts";

/** Members of an inbound message, beside `type`. */
type Content = Readonly<Record<string, unknown>> & { readonly type: string };

/** Where the customer fetches a medium by its id. */
export type MediaUrlOf = (mediaId: string) => string;

/** Longest text of a message that users can send, and more than any other of their texts. */
const TEXT_LENGTH_MAX = 65_536;
const clipped = (value: unknown): string => (textIn(value) ?? "").slice(0, TEXT_LENGTH_MAX);

/** Its id is WhatsApp's; whoever keeps messages knows which of ours it is. */
function contextOf(message: Json): Json | undefined {
  const context = objectIn(message["context"]);
  const id = textIn(context["id"]);
  const product = objectIn(context["referred_product"]);
  const [catalogId, productRetailerId] = [textIn(product["catalog_id"]), textIn(product["product_retailer_id"])];
  const referredProduct =
    catalogId === undefined || productRetailerId === undefined ? undefined : { catalogId, productRetailerId };
  if (id === undefined && referredProduct === undefined) return undefined;
  return known({ from: textIn(context["from"]), id, referredProduct });
}

const SOURCE_TYPES: ReadonlySet<string> = new Set(["AD", "POST"]);

function referralOf(message: Json): Json | undefined {
  const referral = objectIn(message["referral"]);
  const sourceType = textIn(referral["source_type"])?.toUpperCase() ?? "";
  const sourceUrl = textIn(referral["source_url"]);
  if (sourceUrl === undefined) return undefined;
  const [image, video] = [textIn(referral["image_url"]), textIn(referral["video_url"])];
  const media = image === undefined ? { type: "VIDEO", url: video } : { type: "IMAGE", url: image };
  return known({
    sourceType: SOURCE_TYPES.has(sourceType) ? sourceType : "UNKNOWN",
    sourceUrl,
    sourceId: textIn(referral["source_id"]),
    headline: textIn(referral["headline"]),
    body: textIn(referral["body"]),
    referralMedia: media.url === undefined ? undefined : media,
    ctwaClickId: textIn(referral["ctwa_clid"]),
  });
}

function mediumOf(type: string, medium: Json, mediaUrlOf: MediaUrlOf): Json {
  const id = textIn(medium["id"]);
  if (id === undefined) return { type: "UNSUPPORTED" };
  // Infobip has no place for a file's name, and shows a document by its caption.
  return { type, url: mediaUrlOf(id), caption: textIn(medium["caption"]) ?? textIn(medium["filename"]) };
}

function contactOf(contact: Json): Json {
  const name = objectIn(contact["name"]);
  const org = objectIn(contact["org"]);
  const entries = (list: unknown, read: (entry: Json) => Json) => {
    const found = objectsIn(list).map((entry) => known(read(entry)));
    return found.length === 0 ? undefined : found;
  };
  const type = (entry: Json) => textIn(entry["type"])?.toUpperCase();
  return known({
    addresses: entries(contact["addresses"], (entry) => ({
      street: textIn(entry["street"]),
      city: textIn(entry["city"]),
      state: textIn(entry["state"]),
      zip: textIn(entry["zip"]),
      country: textIn(entry["country"]),
      countryCode: textIn(entry["country_code"]),
      type: type(entry),
    })),
    birthday: textIn(contact["birthday"]),
    emails: entries(contact["emails"], (entry) => ({ email: textIn(entry["email"]), type: type(entry) })),
    name: known({
      firstName: textIn(name["first_name"]),
      lastName: textIn(name["last_name"]),
      middleName: textIn(name["middle_name"]),
      nameSuffix: textIn(name["suffix"]),
      namePrefix: textIn(name["prefix"]),
      formattedName: textIn(name["formatted_name"]),
    }),
    org:
      Object.keys(org).length === 0
        ? undefined
        : known({
            company: textIn(org["company"]),
            department: textIn(org["department"]),
            title: textIn(org["title"]),
          }),
    phones: entries(contact["phones"], (entry) => ({
      phone: textIn(entry["phone"]),
      type: phoneType(type(entry)),
      waId: textIn(entry["wa_id"]),
    })),
    urls: entries(contact["urls"], (entry) => ({ url: textIn(entry["url"]), type: type(entry) })),
  });
}

const PHONE_TYPES: ReadonlySet<string> = new Set(["CELL", "MAIN", "IPHONE", "HOME", "WORK"]);

/** Infobip's list of kinds is shorter than what phones write. */
function phoneType(type: string | undefined): string | undefined {
  if (type === "MOBILE") return "CELL";
  return type !== undefined && PHONE_TYPES.has(type) ? type : undefined;
}

function flowReplyOf(reply: Json): Json {
  const text = textIn(reply["body"]);
  let response: unknown;
  try {
    response = JSON.parse(textIn(reply["response_json"]) ?? "{}");
  } catch {
    // A form's answer that is no JSON is passed on as an empty one; its text is there.
  }
  return { type: "INTERACTIVE_FLOW_REPLY", text, response: objectIn(response) };
}

function callReplyOf(reply: Json): Json {
  const isAccepted = textIn(reply["response"])?.toLowerCase() === "accept";
  const expiresAt = timeIn(reply["expiration_timestamp"]);
  const expirationTimestamp = expiresAt === undefined ? undefined : formatDate(expiresAt);
  return {
    type: "INTERACTIVE_CALL_PERMISSION_REPLY",
    callPermissionReply: known({ response: isAccepted ? "ACCEPT" : "REJECT", expirationTimestamp }),
  };
}

function interactiveReplyOf(message: Json): Json {
  const reply = objectIn(message["interactive"]);
  const chosen = objectIn(reply["button_reply"] ?? reply["list_reply"]);
  const [id, title] = [textIn(chosen["id"]), textIn(chosen["title"])];
  switch (reply["type"]) {
    case "button_reply":
      return { type: "INTERACTIVE_BUTTON_REPLY", id, title };
    case "list_reply":
      return { type: "INTERACTIVE_LIST_REPLY", id, title, description: textIn(chosen["description"]) };
    case "nfm_reply":
      return flowReplyOf(objectIn(reply["nfm_reply"]));
    case "call_permission_reply":
      return callReplyOf(objectIn(reply["call_permission_reply"]));
    default:
      return { type: "UNSUPPORTED" };
  }
}

function orderOf(message: Json): Json {
  const order = objectIn(message["order"]);
  return {
    type: "ORDER",
    catalogId: textIn(order["catalog_id"]),
    text: textIn(order["text"]),
    productItems: objectsIn(order["product_items"]).map((item) => ({
      productRetailerId: textIn(item["product_retailer_id"]) ?? "",
      quantity: numberIn(item["quantity"]) ?? 0,
      itemPrice: numberIn(item["item_price"]) ?? 0,
      currency: textIn(item["currency"]) ?? "",
    })),
  };
}

/** A reaction has the message that it is about beside the emoji, and Infobip has it in the context. */
function reactionOf(message: Json): Json {
  const reaction = objectIn(message["reaction"]);
  const emoji = textIn(reaction["emoji"]);
  const about = textIn(reaction["message_id"]);
  return {
    type: "REACTION",
    emoji,
    action: emoji === undefined ? "REMOVED" : "ADDED",
    context: about === undefined ? undefined : { id: about },
  };
}

function plainContentOf(message: Json, mediaUrlOf: MediaUrlOf): Json {
  const type = textIn(message["type"]) ?? "";
  const member = objectIn(message[type]);
  switch (type) {
    case "text":
      return { type: "TEXT", text: clipped(member["body"]) };
    case "image":
    case "video":
    case "document":
      return mediumOf(type.toUpperCase(), member, mediaUrlOf);
    case "audio":
      return mediumOf(member["voice"] === true ? "VOICE" : "AUDIO", member, mediaUrlOf);
    case "sticker":
      return { ...mediumOf("STICKER", member, mediaUrlOf), caption: undefined };
    case "location": {
      const place = { latitude: numberIn(member["latitude"]), longitude: numberIn(member["longitude"]) };
      const words = { name: textIn(member["name"]), address: textIn(member["address"]), url: textIn(member["url"]) };
      return { type: "LOCATION", ...place, ...words };
    }
    case "contacts":
      return { type: "CONTACT", contacts: objectsIn(message["contacts"]).map(contactOf) };
    case "button":
      return { type: "BUTTON", text: clipped(member["text"]), payload: textIn(member["payload"]) };
    case "interactive":
      return interactiveReplyOf(message);
    case "order":
      return orderOf(message);
    case "reaction":
      return reactionOf(message);
    default:
      return { type: "UNSUPPORTED" };
  }
}

/** Infobip's `message`; null for what no user wrote (a number that has changed). */
export function contentOf(message: Json, mediaUrlOf: MediaUrlOf): Content | null {
  if (message["type"] === "system") return null;
  const content = plainContentOf(message, mediaUrlOf);
  const beside = { context: contextOf(message), referral: referralOf(message) };
  const whole = known({ ...beside, ...content });
  return { ...whole, type: String(whole["type"]) };
}
