import type { Static, TSchema } from "typebox";

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly items?: ObjectSchema;
  readonly anyOf?: readonly ObjectSchema[];
  readonly enum?: readonly unknown[];
}

/**
 * An object without the properties that its schema does not name, at any depth; empty when there is none. Clients may
 * send properties that nobody knows, and anything may hang on one: it must not be stored and shown again. Objects and
 * lists of it are copies.
 *
 * Walks the schema and not the value, which may be as large as a request. The value has passed the schema, so whatever
 * has no `properties` there is a scalar, a list of scalars, or the client's own altogether.
 */
export function knownPart<Schema extends TSchema>(schema: Schema, value: Static<Schema> | undefined): Static<Schema> {
  return value === undefined ? ({} as Static<Schema>) : (copy(schema as ObjectSchema, value) as Static<Schema>);
}

function copy({ properties, items, anyOf }: ObjectSchema, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return items === undefined ? value : value.map((item) => copy(items, item));
  const branch = anyOf === undefined ? undefined : branchOf(anyOf, value);
  if (branch !== undefined) return copy(branch, value);
  if (properties === undefined) return value;
  const known: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, name)) known[name] = copy(property, (value as Record<string, unknown>)[name]);
  }
  return known;
}

/** Of shapes that a `type` chooses between, the value's. */
function branchOf(branches: readonly ObjectSchema[], value: object): ObjectSchema | undefined {
  const { type } = value as { type?: unknown };
  return branches.find(({ properties }) => properties?.["type"]?.enum?.includes(type));
}
