import type { Violation } from "./error.ts";

export const HEADER_TYPES = ["TEXT", "IMAGE", "VIDEO", "GIF", "DOCUMENT", "LOCATION"] as const;
export type HeaderType = (typeof HEADER_TYPES)[number];

export interface TemplateHeaderInput {
  /** Left out, it is looked up. */
  readonly type?: HeaderType;
  readonly placeholder?: string;
  readonly mediaUrl?: string;
  readonly filename?: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

/** The header of a template, or of one of its cards. */
export interface TemplateHeader {
  /** Undefined: no header. One of the types, or one that is not known yet. */
  readonly format: string | undefined;
  readonly text: string;
}

const HEADER_MEMBERS = {
  TEXT: ["placeholder"],
  IMAGE: ["mediaUrl"],
  VIDEO: ["mediaUrl"],
  GIF: ["mediaUrl"],
  DOCUMENT: ["mediaUrl", "filename"],
  LOCATION: ["latitude", "longitude"],
} as const satisfies Record<HeaderType, readonly (keyof TemplateHeaderInput)[]>;

type Loose = Readonly<Record<string, unknown>>;

/** Whether a header has what its type has, as far as the type is written. */
export function checkHeader(value: unknown, path: string): readonly Violation[] {
  if (typeof value !== "object" || value === null) return [];
  const { type } = value as { readonly type?: unknown };
  return isHeaderType(type) ? checkHeaderMembers(value as Loose, type, path) : [];
}

function checkHeaderMembers(header: Loose, type: HeaderType, path: string): readonly Violation[] {
  const wanted: readonly string[] = HEADER_MEMBERS[type];
  const given = Object.keys(header).filter((name) => name !== "type" && header[name] !== undefined);
  return [
    ...wanted
      .filter((name) => !given.includes(name))
      .map((name) => ({ property: `${path}.${name}`, violation: `is required by a header of type ${type}` })),
    ...given
      .filter((name) => !wanted.includes(name))
      .map((name) => ({ property: `${path}.${name}`, violation: `does not belong to a header of type ${type}` })),
  ];
}

type CompletedHeader =
  | { readonly header: TemplateHeaderInput | undefined; readonly violations?: undefined }
  | { readonly violations: readonly Violation[]; readonly header?: undefined };

/** The header with its type, or every way in which it does not fit the template's. */
export function completeHeader(
  header: TemplateHeaderInput | undefined,
  { format, text }: TemplateHeader,
  path: string,
): CompletedHeader {
  // A text without a placeholder is WhatsApp's to write.
  const wanted = format === "TEXT" && !text.includes("{{") ? undefined : format;
  if (header === undefined) {
    if (!isHeaderType(wanted)) return { header };
    return { violations: [{ property: path, violation: `is required: the template has one of type ${wanted}` }] };
  }
  if (wanted === undefined) {
    return { violations: [{ property: path, violation: "is not in the template, or has nothing to fill in" }] };
  }
  // A type of header that this version does not know goes as it was written; the server judges it.
  const type = header.type ?? (isHeaderType(wanted) ? wanted : undefined);
  if (type === undefined) return { violations: [{ property: `${path}.type`, violation: "is required" }] };
  if (isHeaderType(wanted) && type !== wanted) {
    return { violations: [{ property: `${path}.type`, violation: `must be ${wanted}, as in the template` }] };
  }
  const violations = checkHeaderMembers({ ...header }, type, path);
  return violations.length > 0 ? { violations } : { header: { ...header, type } };
}

function isHeaderType(value: unknown): value is HeaderType {
  return HEADER_TYPES.some((type) => type === value);
}
