import { type ActionName, COMPONENT } from "./core/component.ts";
import { DESTINATION_COUNT_MAX } from "./core/limits.ts";
import type { NamedProperty, Property } from "./core/properties.ts";

/** JSON Schema 2020-12, as far as the component needs it. */
export interface JsonSchema {
  readonly type: "string" | "integer" | "number" | "array" | "object";
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

/** At least one character that is not white space: the validation's "must not be blank". */
const NOT_BLANK = "\\S";

/** What an action takes. Strict: the schema accepts exactly what the validation accepts. */
export function inputSchema(action: ActionName): JsonSchema {
  return objectSchema(COMPONENT.actions[action].properties, "input");
}

/** What an action gives. Open: Infobip may add fields, and nothing is promised to be there. */
export function outputSchema(action: ActionName): JsonSchema {
  return objectSchema(COMPONENT.actions[action].output.properties, "output");
}

/** What a connection takes. */
export function connectionSchema(): JsonSchema {
  return objectSchema(COMPONENT.connection.properties, "input");
}

type Side = "input" | "output";

function objectSchema(properties: readonly NamedProperty[], side: Side): JsonSchema {
  const required = properties.filter((property) => property.required === true).map(({ name }) => name);
  return {
    type: "object",
    properties: Object.fromEntries(properties.map((property) => [property.name, propertySchema(property, side)])),
    ...(required.length > 0 ? { required } : {}),
    ...(side === "input" ? { additionalProperties: false } : {}),
  };
}

function propertySchema(property: Property, side: Side): JsonSchema {
  const { label, description, exampleValue } = property;
  const texts = {
    ...(label === undefined ? {} : { title: label }),
    ...(description === undefined ? {} : { description }),
    ...(exampleValue === undefined ? {} : { examples: [exampleValue] }),
  };
  switch (property.type) {
    case "STRING": {
      const maxLength = property.maxLength === undefined ? {} : { maxLength: property.maxLength };
      const options = property.options === undefined ? {} : { enum: property.options };
      return {
        type: "string",
        ...texts,
        ...(side === "input" ? { minLength: 1, pattern: NOT_BLANK, ...maxLength, ...options } : {}),
      };
    }
    case "INTEGER":
      return { type: "integer", ...texts };
    case "NUMBER": {
      const minimum = property.minValue === undefined ? {} : { minimum: property.minValue };
      const maximum = property.maxValue === undefined ? {} : { maximum: property.maxValue };
      return { type: "number", ...texts, ...minimum, ...maximum };
    }
    case "DYNAMIC_PROPERTIES": {
      const { namePattern, maxProperties } = property;
      const patternProperties = { [namePattern]: propertySchema({ type: "STRING" }, side) };
      return { type: "object", ...texts, patternProperties, maxProperties, additionalProperties: false };
    }
    case "ARRAY": {
      const { maxItems = DESTINATION_COUNT_MAX } = property;
      const counts = side === "input" ? { minItems: property.required === true ? 1 : 0, maxItems } : {};
      return { type: "array", ...texts, items: propertySchema(property.items[0], side), ...counts };
    }
    case "OBJECT":
      // How deep and how large it may be is the validation's alone: JSON Schema has no words for it.
      if (property.isOpen === true) return { type: "object", ...texts };
      return { ...objectSchema(property.properties, side), ...texts };
  }
}
