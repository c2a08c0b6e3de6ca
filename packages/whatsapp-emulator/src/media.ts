import { createHash } from "node:crypto";
import type { Ids } from "./ids.ts";
import { MEDIA_PATH, MEDIA_URL_MS } from "./limits.ts";
import { BoundedMap } from "./memory.ts";
import type { MediaType } from "./inbound-content.ts";
import type { Settings } from "./settings.ts";

export interface Media {
  readonly id: string;
  readonly mimeType: string;
  /** Hexadecimal; webhooks have it in base64. */
  readonly sha256: string;
  readonly data: Uint8Array;
  readonly expiresAtMs: number;
  /** In the URL, which works until `urlExpiresAtMs`. */
  urlToken: string;
  urlExpiresAtMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** What each kind takes, by Meta's page on media. The larger sticker is the animated one. */
export const MEDIA_KINDS: Readonly<
  Record<MediaType, { readonly bytesMax: number; readonly types: readonly string[] }>
> = {
  image: { bytesMax: 5 * MIB, types: ["image/jpeg", "image/png"] },
  audio: { bytesMax: 16 * MIB, types: ["audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg"] },
  video: { bytesMax: 16 * MIB, types: ["video/mp4", "video/3gpp"] },
  document: {
    bytesMax: 100 * MIB,
    types: [
      "text/plain",
      "text/csv",
      "application/pdf",
      "application/msword",
      "application/vnd.ms-excel",
      "application/vnd.ms-powerpoint",
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ],
  },
  sticker: { bytesMax: 500 * KIB, types: ["image/webp"] },
};

/** `audio/ogg; codecs=opus` is audio/ogg. */
export function plainTypeOf(mimeType: string): string {
  return (mimeType.split(";")[0] ?? "").trim().toLowerCase();
}

/** The kinds that take the type; pictures and sounds may also go as documents. */
export function kindsOf(mimeType: string): readonly MediaType[] {
  const plain = plainTypeOf(mimeType);
  const own = Object.entries(MEDIA_KINDS).filter(([, { types }]) => types.includes(plain));
  const kinds = own.map(([kind]) => kind as MediaType);
  return kinds.length === 0 || kinds.includes("document") ? kinds : [...kinds, "document"];
}

export class MediaStore {
  readonly #media: BoundedMap<string, Media>;
  readonly #settings: Settings;
  readonly #ids: Ids;
  #bytes = 0;

  constructor(settings: Settings, ids: Ids) {
    this.#settings = settings;
    this.#ids = ids;
    this.#media = new BoundedMap(settings.mediaMax, ({ data }) => {
      this.#bytes -= data.byteLength;
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(data: Uint8Array, mimeType: string, livesMs: number): Media {
    const nowMs = this.#settings.clock.now();
    const media = {
      id: this.#ids.object(),
      mimeType,
      sha256: createHash("sha256").update(data).digest("hex"),
      data,
      expiresAtMs: nowMs + livesMs,
      urlToken: "",
      urlExpiresAtMs: 0,
    };
    this.#bytes += data.byteLength;
    this.#media.set(media.id, media);
    while (this.#bytes > this.#settings.mediaBytesMax && this.#media.size > 1) this.#media.forgetOldest();
    return media;
  }

  /** Undefined also when its time is over. */
  find(id: string): Media | undefined {
    const media = this.#media.get(id);
    if (media === undefined || media.expiresAtMs > this.#settings.clock.now()) return media;
    this.#media.delete(id);
    return undefined;
  }

  remove(id: string): void {
    this.#media.delete(id);
  }

  /** A path that works for five minutes; the one before it works no longer. */
  newPathOf(media: Media): string {
    media.urlToken = this.#ids.hex(32);
    media.urlExpiresAtMs = this.#settings.clock.now() + MEDIA_URL_MS;
    return `${MEDIA_PATH}?mid=${media.id}&token=${media.urlToken}`;
  }

  /** What a path leads to; undefined when it was never given out, or is too old. */
  atPath(id: string, token: string): Media | undefined {
    const media = this.find(id);
    const isRight = media !== undefined && token !== "" && media.urlToken === token;
    return isRight && media.urlExpiresAtMs > this.#settings.clock.now() ? media : undefined;
  }
}
