import { type Violation, violationsOf, withoutNulls } from "@posthorn/contract";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { Value } from "typebox/value";

/** What is wrong with a request, property by property, in the contract's words. */
export class SchemaViolation extends Error {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(violations.map(({ property, violation }) => `${property} ${violation}`).join("; "));
    this.name = "SchemaViolation";
    this.violations = violations;
  }
}

/**
 * Bodies are taken as they are: a number is no string. Query strings have only text, so theirs is read as the type that
 * the schema names. The compiled check runs on every request; the explanation only when it fails.
 *
 * A body that fails is looked at once more without its nulls: clients that write absent properties as null work with
 * Infobip.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const isBody = httpPart === "body";
  let compiled: Validator | undefined;
  return (input: unknown) => {
    compiled ??= compiledOnce(schema);
    const value = isBody ? input : Value.Convert(schema, input);
    if (compiled.Check(value)) return { value };
    const withValues = isBody ? withoutNulls(value) : value;
    if (isBody && compiled.Check(withValues)) return { value: withValues };
    return { error: new SchemaViolation(explained(schema, withValues, isBody)) };
  };
};

const compiledSchemas = new WeakMap<TSchema, Validator>();

/**
 * At its first request: a server has some hundreds of routes, of which it is asked for a few, and several of them share
 * a schema.
 */
function compiledOnce(schema: TSchema): Validator {
  let compiled = compiledSchemas.get(schema);
  if (compiled === undefined) {
    compiled = Compile(schema);
    compiledSchemas.set(schema, compiled);
  }
  return compiled;
}

/** A failed check always has a violation to show, whatever the explanation makes of it. */
function explained(schema: TSchema, value: unknown, isBody: boolean): readonly Violation[] {
  const violations = violationsOf(schema, value);
  const whole = isBody ? "body" : "query";
  if (violations.length === 0) return [{ property: whole, violation: "is not valid" }];
  return violations.map(({ property, violation }) => ({ property: property === "" ? whole : property, violation }));
}
