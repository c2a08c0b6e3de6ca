import { type TSchema, Type } from "typebox";

/** What schemas of settings are made of. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** JSON Schema keywords, and ours: `unit`; `rule`, what a pattern demands in words; `secret`, never shown. */
interface Keywords {
  unit?: string;
  rule?: string;
  secret?: boolean;
}

interface Range {
  unit: string;
  default: number;
  minimum: number;
  maximum: number;
}

export const integer = (description: string, range: Range) => Type.Integer({ ...range, description });
export const number = (description: string, range: Range) => Type.Number({ ...range, description });
export const flag = (description: string, isOn: boolean) => Type.Boolean({ default: isOn, description });

export const text = (description: string, fallback: string, keywords: Keywords & { pattern?: string } = {}) =>
  Type.String({ maxLength: 4096, ...keywords, default: fallback, description });

export const choice = <const Values extends string[]>(
  description: string,
  values: readonly [...Values],
  fallback: Values[number],
) => Type.Enum<Values>(values, { default: fallback, description });

export const section = <Members extends Parameters<typeof Type.Object>[0]>(description: string, members: Members) =>
  Type.Object(members, { description, additionalProperties: false });

export const NOT_EMPTY = { pattern: "\\S", rule: "not empty" };

/** Most values that a list in an entry may have. */
const VALUES_MAX = 1000;

/** `digits`: plain numbers are taken as the digits that they are written with. */
export const words = (description: string, rule: string, pattern: string, keywords: { digits?: true } = {}) =>
  Type.String({ maxLength: 200, description, rule, pattern, ...keywords });
export const listOf = <Item extends TSchema>(item: Item, description: string) =>
  Type.Array(item, { minItems: 1, maxItems: VALUES_MAX, description });
/** A member without which the entry says nothing about the matter: there is no default to fill in. */
export const optionalInteger = (description: string, unit: string, minimum: number, maximum: number) =>
  Type.Optional(Type.Integer({ description, unit, minimum, maximum }));

export const members = <Members extends Parameters<typeof Type.Object>[0]>(given: Members, description: string) =>
  Type.Object(given, { additionalProperties: false, description });

export type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;
