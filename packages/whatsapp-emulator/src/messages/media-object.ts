import { GraphError } from "../errors.ts";
import type { ObjectReader } from "./read.ts";

const CAPTION_MAX = 1024;

export const MEDIA_FIELDS = { header: ["image", "video", "document"] } as const;

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  audio: ["id", "link", "voice", "provider"],
  sticker: ["id", "link", "provider"],
  document: ["id", "link", "caption", "filename", "provider"],
};
const OTHER_FIELDS = ["id", "link", "caption", "provider"];

/** A media object of a send: an id of an upload, or a link; one of them. */
export function checkMedia(media: ObjectReader, type: string): void {
  media.only(FIELDS[type] ?? OTHER_FIELDS);
  if (media.has("id") && media.has("link")) throw new GraphError(100, `${media.path} has either id or link`);
  if (media.has("link")) media.url("link");
  else if (media.has("id")) media.text("id");
  else throw new GraphError(131008, `${media.path} has neither id nor link`);
  media.optionalText("caption", { min: 0, max: CAPTION_MAX });
  media.optionalText("filename");
}

/** The ids of uploads that a message names, with their paths and what they are used as. */
export function mediaIdsOf(
  value: unknown,
  path: string,
): readonly { readonly id: string; readonly path: string; readonly type: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, child]: [string, unknown]) => {
    const childPath = Array.isArray(value) ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
    const own =
      ["image", "audio", "video", "document", "sticker"].includes(name) &&
      typeof child === "object" &&
      child !== null &&
      "id" in child &&
      typeof child.id === "string"
        ? [{ id: child.id, path: `${childPath}.id`, type: name }]
        : [];
    return [...own, ...mediaIdsOf(child, childPath)];
  });
}
