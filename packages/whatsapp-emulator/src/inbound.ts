import { timestampOf, metadataOf } from "./webhooks/values.ts";
import { optionError, statusErrorOf } from "./errors.ts";
import { digitsOf, isUserId, userIdOf, userOfId } from "./ids.ts";
import type { InboundContent, MediaContent, MediaType, ReceiveOptions } from "./inbound-content.ts";
import type { JsonObject } from "./json.ts";
import { RECEIVED_MEDIA_MS } from "./limits.ts";
import type { Media, MediaStore } from "./media.ts";
import type { BusinessNumber } from "./numbers.ts";

const PROFILE_NAME = "Posthorn User";

/** A few bytes of the right beginning, for media that nobody gave. */
const SAMPLES: Readonly<Record<MediaType, { readonly mimeType: string; readonly data: Uint8Array }>> = {
  image: { mimeType: "image/jpeg", data: Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex") },
  audio: { mimeType: "audio/ogg; codecs=opus", data: Buffer.from("OggS") },
  video: { mimeType: "video/mp4", data: Buffer.from("000000186674797069736f6d00000200", "hex") },
  document: { mimeType: "application/pdf", data: Buffer.from("%PDF-1.4\n%%EOF\n") },
  sticker: { mimeType: "image/webp", data: Buffer.from("524946460400000057454250", "hex") },
};

function mediaValueOf(type: string, media: Media, content: MediaContent): JsonObject {
  const { caption, filename, voice = true, animated = false } = content;
  return {
    ...(caption === undefined ? {} : { caption }),
    ...(type === "document" ? { filename: filename ?? "document.pdf" } : {}),
    mime_type: media.mimeType,
    sha256: Buffer.from(media.sha256, "hex").toString("base64"),
    id: media.id,
    ...(type === "audio" ? { voice } : {}),
    ...(type === "sticker" ? { animated } : {}),
  };
}

function mediaContentOf(content: InboundContent & { readonly type: MediaType }): MediaContent | undefined {
  switch (content.type) {
    case "image":
      return content.image;
    case "audio":
      return content.audio;
    case "video":
      return content.video;
    case "document":
      return content.document;
    case "sticker":
      return content.sticker;
  }
}

/** The webhook's `contents` for what somebody wrote, by its type. */
function contentValueOf(content: InboundContent, user: string, media: MediaStore): JsonObject {
  switch (content.type) {
    case "image":
    case "audio":
    case "video":
    case "document":
    case "sticker": {
      const own = mediaContentOf(content) ?? {};
      const sample = SAMPLES[content.type];
      const kept = media.add(own.data ?? sample.data, own.mime_type ?? sample.mimeType, RECEIVED_MEDIA_MS);
      return { [content.type]: mediaValueOf(content.type, kept, own) };
    }
    case "location": {
      const { latitude, longitude, name = "", address = "", url } = content.location;
      return { location: { latitude, longitude, name, address, ...(url === undefined ? {} : { url }) } };
    }
    case "order":
      return { order: { text: "", ...content.order } };
    case "interactive":
      if (content.interactive.type !== "nfm_reply") return { interactive: content.interactive };
      return {
        interactive: { type: "nfm_reply", nfm_reply: { name: "flow", body: "Sent", ...content.interactive.nfm_reply } },
      };
    case "system": {
      if ("identity" in content.system) {
        const { identity, body = `User ${user} registered another device` } = content.system;
        return { system: { body, identity, wa_id: user, type: "user_identity_changed" } };
      }
      const { wa_id, body = `User changed from ${user} to ${wa_id}` } = content.system;
      return { system: { body, wa_id, type: "user_changed_number" } };
    }
    case "unsupported":
      return { errors: [statusErrorOf(131051, "The type of this message is not supported.")] };
    case "text":
      return { text: content.text };
    case "contacts":
      return { contacts: content.contacts };
    case "reaction":
      return { reaction: content.reaction };
    case "button":
      return { button: content.button };
  }
}

/** Who writes: digits, or an id where no number is shown. */
export interface Writer {
  /** Digits where they are known: what the window and the memory go by. */
  readonly user: string;
  readonly digits: string | null;
  readonly userId: string;
}

/** @throws EmulatorOptionError when neither a number nor an id is given, or one is none */
export function writerOf({ from, userId }: Pick<ReceiveOptions, "from" | "userId">): Writer {
  const digits = from === undefined ? null : digitsOf(from);
  if (from !== undefined && digits === null) throw optionError("from", "is a phone number");
  if (userId !== undefined && !isUserId(userId)) throw optionError("userId", "is a country, a dot, and an id: GB.123");
  if (digits !== null) return { user: digits, digits, userId: userId ?? userIdOf(digits) };
  if (userId === undefined) throw optionError("from or userId", "is needed");
  return { user: userOfId(userId), digits: null, userId };
}

export interface InboundFacts {
  readonly id: string;
  readonly number: BusinessNumber;
  readonly writer: Writer;
  readonly options: ReceiveOptions;
  readonly nowMs: number;
}

export function inboundMessageOf({ id, number, writer, options, nowMs }: InboundFacts, media: MediaStore): JsonObject {
  const { type, inReplyTo, timestampMs } = options;
  const needsContext = type === "button" || type === "interactive";
  return {
    ...(inReplyTo === undefined && !needsContext ? {} : { context: { from: number.digits, id: inReplyTo ?? "" } }),
    ...(writer.digits === null ? {} : { from: writer.digits }),
    from_user_id: writer.userId,
    id,
    timestamp: timestampOf(timestampMs ?? nowMs),
    type,
    ...contentValueOf(options, writer.user, media),
  };
}

export function inboundValueOf({ number, writer, options }: InboundFacts, message: JsonObject): JsonObject {
  const base = { messaging_product: "whatsapp", metadata: metadataOf(number) };
  // Meta has no contacts beside messages of the system.
  if (options.type === "system") return { ...base, messages: [message] };
  const contact = {
    profile: { name: options.profileName ?? PROFILE_NAME },
    ...(writer.digits === null ? {} : { wa_id: writer.digits }),
    user_id: writer.userId,
  };
  return { ...base, contacts: [contact], messages: [message] };
}
