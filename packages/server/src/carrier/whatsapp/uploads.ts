/**
 * Files that go to Meta: fetched where a request says they are, and uploaded to the app, whose handle stands for the file
 * in what is asked for next. Source: Meta's pages "Resumable Upload API" and "Application Uploads".
 */
import { Fault } from "../../kernel/faults.ts";
import { InvalidRequest } from "../../kernel/invalid-request.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import type { FetchFile } from "../file-fetcher.ts";
import type { GraphAdmin } from "./graph-admin.ts";
import { textIn } from "./json.ts";

const MIB = 1_048_576;
/** Each is in memory from its first octet until Meta has its last; more are refused. */
const FILES_MAX = 4;
const SESSION_ID_CHARACTERS_MAX = 2048;

interface Wanted {
  readonly bytesMax: number;
  readonly types: readonly FileType[];
}

const PICTURE: Wanted = { bytesMax: 5 * MIB, types: ["image/jpeg", "image/png"] };
const FILM: Wanted = { bytesMax: 16 * MIB, types: ["video/mp4"] };
/** Meta takes more octets of a document; an example needs no more. What a logo or an example may be, by its format. */
const WANTED: Readonly<Record<FileFormat, Wanted>> = {
  LOGO: PICTURE,
  IMAGE: PICTURE,
  VIDEO: FILM,
  GIF: FILM,
  DOCUMENT: { bytesMax: 16 * MIB, types: ["application/pdf"] },
};

type FileType = "image/jpeg" | "image/png" | "video/mp4" | "application/pdf";

/** `LOGO`, or the format of a header. */
export type FileFormat = "LOGO" | "IMAGE" | "VIDEO" | "GIF" | "DOCUMENT";

export interface NamedFile {
  readonly url: string;
  readonly format: FileFormat;
  /** Where the request names it. */
  readonly property: string;
}

/** As its octets begin. Not as its server says: many call everything application/octet-stream. */
const BEGINNINGS: readonly (readonly [FileType, number, Buffer])[] = [
  ["image/jpeg", 0, Buffer.from([0xff, 0xd8, 0xff])],
  ["image/png", 0, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ["video/mp4", 4, Buffer.from("ftyp")],
  ["application/pdf", 0, Buffer.from("%PDF-")],
];
const ENDINGS: Readonly<Record<FileType, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "video/mp4": "mp4",
  "application/pdf": "pdf",
};

export interface UploadOptions {
  readonly name: string;
  readonly baseUrl: string;
  /** Null: the configuration does not say. */
  readonly appId: string | null;
  readonly graph: GraphAdmin;
  readonly fetchFile: FetchFile;
}

export class CloudUploads {
  readonly #options: UploadOptions;
  #underWay = 0;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  /**
   * One after the other, each URL once.
   *
   * @throws as `handleOf`
   */
  async handlesOf(files: readonly NamedFile[]): Promise<ReadonlyMap<string, string>> {
    const handles = new Map<string, string>();
    for (const file of files) if (!handles.has(file.url)) handles.set(file.url, await this.handleOf(file));
    return handles;
  }

  /**
   * @throws InvalidRequest for a file that cannot be fetched, or is none that Meta takes; RequestRefused 400 where the
   *   configuration names no app, 429 where too many are under way; as `GraphAdmin.ask`
   */
  async handleOf(file: NamedFile): Promise<string> {
    const { appId, name } = this.#options;
    if (appId === null) {
      throw new RequestRefused(
        400,
        `${file.property}: WhatsApp takes a file only as an upload to an app, and which one is not configured: set carriers.${name}.appId, or set the file in Meta's own manager.`,
      );
    }
    if (this.#underWay >= FILES_MAX) throw new RequestRefused(429, "Too many files are on their way to WhatsApp.");
    this.#underWay += 1;
    try {
      const { bytes, type } = await this.#fetch(file);
      return await this.#upload(appId, bytes, type);
    } finally {
      this.#underWay -= 1;
    }
  }

  /** A picture where Meta says it is. @throws Fault CARRIER_UNREACHABLE; RequestRefused 429 */
  async picture(url: string): Promise<{ readonly bytes: Buffer; readonly contentType: string }> {
    if (this.#underWay >= FILES_MAX) throw new RequestRefused(429, "Too many files are on their way from WhatsApp.");
    this.#underWay += 1;
    try {
      const trustedOrigin = new URL(this.#options.baseUrl).origin;
      const file = await this.#options.fetchFile(url, { bytesMax: PICTURE.bytesMax, trustedOrigin });
      if ("problem" in file) throw new Fault("CARRIER_UNREACHABLE", { detail: `the picture ${file.problem}` });
      return { bytes: file.bytes, contentType: typeOf(file.bytes) ?? "application/octet-stream" };
    } finally {
      this.#underWay -= 1;
    }
  }

  async #fetch({ url, format, property }: NamedFile) {
    const { bytesMax, types } = WANTED[format];
    const file = await this.#options.fetchFile(url, { bytesMax });
    if ("problem" in file) throw new InvalidRequest(property, file.problem);
    const type = typeOf(file.bytes);
    if (type === undefined || !types.includes(type)) throw new InvalidRequest(property, `is not ${types.join(" or ")}`);
    return { bytes: file.bytes, type };
  }

  /** An upload that breaks off is none, so a lost answer leaves no doubt: it is begun anew, and not resumed. */
  async #upload(appId: string, bytes: Buffer, type: FileType): Promise<string> {
    const { graph } = this.#options;
    const query = { file_name: `file.${ENDINGS[type]}`, file_length: String(bytes.byteLength), file_type: type };
    const session = await graph.ask({ method: "POST", path: `${appId}/uploads`, query });
    const id = textIn(session["id"]) ?? "";
    if (!id.startsWith("upload:") || id.length > SESSION_ID_CHARACTERS_MAX) throw unclear("id");
    // Meta's ids have a signature behind a question mark.
    const [path = "", signature = ""] = id.split("?", 2);
    const { h: handle } = await graph.ask({
      method: "POST",
      path,
      query: Object.fromEntries(new URLSearchParams(signature)),
      file: bytes,
    });
    const text = textIn(handle);
    if (text === undefined) throw unclear("h");
    return text;
  }
}

function unclear(member: string): Fault {
  return new Fault("CARRIER_UNREACHABLE", { detail: `the answer has no ${member}` });
}

function typeOf(bytes: Buffer): FileType | undefined {
  return BEGINNINGS.find(([, at, octets]) => bytes.subarray(at, at + octets.length).equals(octets))?.[0];
}
