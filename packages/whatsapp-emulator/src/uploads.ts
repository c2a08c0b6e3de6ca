/** Files that are uploaded to the app: sessions, and the handles that stand for what came by them. */
import { GraphError } from "./errors.ts";
import type { Ids } from "./ids.ts";
import {
  UPLOAD_FILE_BYTES_MAX,
  UPLOAD_HANDLES_MAX,
  UPLOAD_SESSION_MS,
  UPLOAD_SESSIONS_MAX,
  UPLOADED_MEDIA_MS,
} from "./limits.ts";
import type { Media, MediaStore } from "./media.ts";
import { BoundedMap } from "./memory.ts";
import type { Settings } from "./settings.ts";

/** The one app that the emulator is. */
export const APP_ID = "670843887433847";
/** Where uploaded files are shown, to everybody who knows their key; no path of the Graph API. */
export const UPLOADED_PATH = "/uploaded";

const TYPES = ["application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"];

export interface UploadSession {
  readonly id: string;
  readonly fileName: string;
  readonly fileType: string;
  readonly fileLength: number;
  readonly expiresAtMs: number;
}

interface Uploaded {
  readonly key: string;
  readonly mediaId: string;
}

export class UploadBook {
  readonly #sessions = new BoundedMap<string, UploadSession>(UPLOAD_SESSIONS_MAX);
  readonly #handles = new BoundedMap<string, Uploaded>(UPLOAD_HANDLES_MAX);
  readonly #byKey = new BoundedMap<string, Uploaded>(UPLOAD_HANDLES_MAX);
  readonly #settings: Settings;
  readonly #media: MediaStore;
  readonly #ids: Ids;

  constructor(settings: Settings, media: MediaStore, ids: Ids) {
    this.#settings = settings;
    this.#media = media;
    this.#ids = ids;
  }

  /** @throws GraphError 100 */
  open(name: string, type: string, length: string): UploadSession {
    const fileLength = /^\d{1,12}$/.test(length) ? Number(length) : 0;
    if (fileLength < 1 || fileLength > UPLOAD_FILE_BYTES_MAX) {
      throw new GraphError(100, `file_length is a number of octets, 1 to ${UPLOAD_FILE_BYTES_MAX}`);
    }
    if (!TYPES.includes(type)) throw new GraphError(100, `file_type is one of ${TYPES.join(", ")}`);
    const session = {
      id: `upload:${Buffer.from(`1:attachment:${this.#ids.hex(32)}`).toString("base64")}`,
      fileName: name,
      fileType: type,
      fileLength,
      expiresAtMs: this.#settings.clock.now() + UPLOAD_SESSION_MS,
    };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** Undefined also when its time is over, or its file has come. */
  session(id: string): UploadSession | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined || session.expiresAtMs > this.#settings.clock.now()) return session;
    this.#sessions.delete(id);
    return undefined;
  }

  /** Ends the session. Returns the handle. */
  finish({ id, fileName, fileType }: UploadSession, data: Uint8Array): string {
    this.#sessions.delete(id);
    const { id: mediaId } = this.#media.add(data, fileType, UPLOADED_MEDIA_MS);
    const uploaded = { key: this.#ids.hex(32), mediaId };
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const handle = `4:${base64(fileName)}:${base64(fileType)}:${this.#ids.hex(48)}:e:${APP_ID}`;
    this.#handles.set(handle, uploaded);
    this.#byKey.set(uploaded.key, uploaded);
    return handle;
  }

  /** Path and query where its file is shown. Undefined: no handle that was given out. */
  pathOf(handle: string): string | undefined {
    const uploaded = this.#handles.get(handle);
    return uploaded === undefined ? undefined : `${UPLOADED_PATH}?key=${uploaded.key}`;
  }

  atKey(key: string): Media | undefined {
    const uploaded = this.#byKey.get(key);
    return uploaded === undefined ? undefined : this.#media.find(uploaded.mediaId);
  }
}
