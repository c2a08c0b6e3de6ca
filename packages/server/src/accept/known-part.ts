import type { Static, TSchema } from "typebox";

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
}

/**
 * An object without the properties that its schema does not name, at any depth; empty when there is none. Clients may
 * send properties that nobody knows, and anything may hang on one: it must not be stored and shown again.
 *
 * Walks the schema and not the value, which may be as large as a request. The value has passed the schema, so whatever
 * has no `properties` there is a scalar or a list of scalars.
 */
export function knownPart<Schema extends TSchema>(schema: Schema, value: Static<Schema> | undefined): Static<Schema> {
  return value === undefined ? ({} as Static<Schema>) : (copy(schema as ObjectSchema, value) as Static<Schema>);
}

function copy({ properties }: ObjectSchema, value: unknown): unknown {
  if (properties === undefined || typeof value !== "object" || value === null) return value;
  const known: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, name)) known[name] = copy(property, (value as Record<string, unknown>)[name]);
  }
  return known;
}
