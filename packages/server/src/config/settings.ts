import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { CONFIG_SCHEMA } from "./schema.ts";

export type SettingValue = string | number | boolean;
export type SettingKind = "integer" | "number" | "boolean" | "string" | "choice";

/** One setting as people are told about it. Everything comes from the schema. */
export interface Setting {
  /** `section.name`, which is also its flag: `--section.name`. */
  path: string;
  section: string;
  name: string;
  /** Its environment variable. */
  variable: string;
  kind: SettingKind;
  description: string;
  default: SettingValue;
  /** What its numbers count. Every numeric setting has one. */
  unit?: string;
  minimum?: number;
  maximum?: number;
  choices?: readonly string[];
  /** What a text must be like, in words. */
  rule?: string;
  /** Never shown, neither in a printed configuration nor in an error. */
  isSecret: boolean;
}

export interface Section {
  name: string;
  description: string;
  settings: readonly Setting[];
}

/** Where a setting's value came from; each overrides those before it. */
export type ConfigSource = "default" | "file" | "environment" | "flag";

/** The source of every setting by its dotted path. */
export type ConfigSources = Readonly<Record<string, ConfigSource>>;

export const VARIABLE_PREFIX = "POSTHORN_";

/** What a secret is printed as. Refused as a value: whoever feeds a printed configuration back would set it as the key. */
export const SECRET_MASK = "********";

/** Short, because it is the one that people set by hand, and the one that clients read too. */
const SPECIAL_VARIABLES: Readonly<Record<string, string>> = { "auth.apiKey": "POSTHORN_API_KEY" };

/** The variable that a path gives by rule: `accept.openMessagesMax` is POSTHORN_ACCEPT_OPEN_MESSAGES_MAX. */
export function variableByRule(path: string): string {
  const words = path.replaceAll(".", "_").replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2");
  return VARIABLE_PREFIX + words.toUpperCase();
}

/** A setting's schema, with the keywords that schema.ts gives it. */
interface LeafSchema extends TSchema {
  type?: string;
  enum?: readonly string[];
  default: SettingValue;
  description: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  rule?: string;
  secret?: boolean;
}

interface SectionSchema extends TSchema {
  description: string;
  properties: Readonly<Record<string, LeafSchema>>;
}

function settingOf(section: string, name: string, schema: LeafSchema): Setting {
  const path = `${section}.${name}`;
  return {
    path,
    section,
    name,
    variable: SPECIAL_VARIABLES[path] ?? variableByRule(path),
    kind: schema.enum === undefined ? (schema.type as SettingKind) : "choice",
    description: schema.description,
    default: schema.default,
    ...(schema.unit !== undefined && { unit: schema.unit }),
    ...(schema.minimum !== undefined && { minimum: schema.minimum }),
    ...(schema.maximum !== undefined && { maximum: schema.maximum }),
    ...(schema.enum !== undefined && { choices: schema.enum }),
    ...(schema.rule !== undefined && { rule: schema.rule }),
    isSecret: schema.secret === true,
  };
}

/** A member of an entry as people are told about it; it has neither a variable nor always a default. */
export function leafOf(path: string, schema: TSchema): Setting {
  return settingOf("", path, schema as LeafSchema);
}

const schemaOfPath = new Map<string, LeafSchema>();

function sectionOf([name, schema]: [string, SectionSchema]): Section {
  const settings = Object.entries(schema.properties).map(([member, leaf]) => {
    const setting = settingOf(name, member, leaf);
    schemaOfPath.set(setting.path, leaf);
    return setting;
  });
  return { name, description: schema.description, settings };
}

/** The sections in the order of the schema, which is the order of a message's way. */
export const SECTIONS: readonly Section[] = Object.entries(
  CONFIG_SCHEMA.properties as unknown as Record<string, SectionSchema>,
).map(sectionOf);

export const SETTINGS: readonly Setting[] = SECTIONS.flatMap((section) => section.settings);

export const SETTING_OF_PATH: ReadonlyMap<string, Setting> = new Map(
  SETTINGS.map((setting) => [setting.path, setting]),
);

export const SETTING_OF_VARIABLE: ReadonlyMap<string, Setting> = new Map(
  SETTINGS.map((setting) => [setting.variable, setting]),
);

/** Every setting, for the command line's help and for tools. */
export function describeSettings(): readonly Setting[] {
  return SETTINGS;
}

/** What a setting accepts, in words: `an integer from 0 to 65535 (TCP port)`. */
export function describeAccepted(setting: Setting): string {
  switch (setting.kind) {
    case "boolean":
      return "true or false";
    case "choice":
      return `one of ${(setting.choices ?? []).join(", ")}`;
    case "string":
      return setting.rule === undefined ? "text" : `text: ${setting.rule}`;
    case "integer":
    case "number": {
      const article = setting.kind === "integer" ? "an integer" : "a number";
      return `${article} from ${setting.minimum} to ${setting.maximum} (${setting.unit})`;
    }
  }
}

const SHOWN_CHARACTERS_MAX = 60;

function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  return shown.length > SHOWN_CHARACTERS_MAX ? `${shown.slice(0, SHOWN_CHARACTERS_MAX)}…` : shown;
}

/** Why a value is refused, or undefined when it is fine. Never contains a secret. */
export function refusalOf(setting: Setting, value: unknown): string | undefined {
  return refusalOfLeaf(setting, schemaOfPath.get(setting.path), value);
}

/** The same for what is no setting: a member of an entry. */
export function refusalOfLeaf(setting: Setting, schema: TSchema | undefined, value: unknown): string | undefined {
  if (setting.isSecret && value === SECRET_MASK) {
    return `"${SECRET_MASK}" only stands for a secret in a printed configuration; give the secret itself`;
  }
  if (schema !== undefined && Value.Check(schema, value)) return undefined;
  const got = setting.isSecret ? "" : `, got ${value === "" ? "an empty text" : show(value)}`;
  return `expected ${describeAccepted(setting)}${got}`;
}

/**
 * The value that a text of the environment or the command line stands for. Strict: what is not wholly a number stays
 * text, and is then refused by `refusalOf` with the text in the message.
 */
export function valueOfText(setting: Setting, text: string): SettingValue {
  switch (setting.kind) {
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "integer":
      return /^-?[0-9]+$/.test(text) ? Number(text) : text;
    case "number":
      return /^-?[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) : text;
    case "string":
    case "choice":
      return text;
  }
}
