/**
 * The properties of connections, actions and outputs, as data. Names and meaning are the reference component's; the
 * export (definition.ts), the reference page, JSON Schema and the validation are all made from this one form.
 */

interface PropertyBase {
  /** Absent for an array's item. */
  readonly name?: string;
  readonly label?: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly exampleValue?: string;
}

export interface StringProperty extends PropertyBase {
  readonly type: "STRING";
  readonly controlType?: "TEXT" | "TEXT_AREA" | "SELECT";
  /** The only values that are taken. */
  readonly options?: readonly string[];
  /** Values to choose from are asked of the server, with these properties (core/lookup.ts). Any value is taken. */
  readonly optionsDependOn?: readonly string[];
  /** Characters (Unicode code points), as in JSON Schema. */
  readonly maxLength?: number;
}

export interface IntegerProperty extends PropertyBase {
  readonly type: "INTEGER";
}

export interface NumberProperty extends PropertyBase {
  readonly type: "NUMBER";
  readonly minValue?: number;
  readonly maxValue?: number;
}

export interface ArrayProperty extends PropertyBase {
  readonly type: "ARRAY";
  readonly items: readonly [Property];
  /** Absent: as many as there may be destinations. */
  readonly maxItems?: number;
}

export interface ObjectProperty extends PropertyBase {
  readonly type: "OBJECT";
  readonly properties: readonly NamedProperty[];
  /** Its members are the caller's own, any JSON; `properties` is empty then. */
  readonly isOpen?: true;
}

/** Texts by names that depend on other properties. Which ones there are is asked of the server (core/lookup.ts). */
export interface DynamicProperty extends PropertyBase {
  readonly type: "DYNAMIC_PROPERTIES";
  readonly propertiesDependOn: readonly string[];
  /** A regular expression that each name fits as a whole. */
  readonly namePattern: string;
  readonly maxProperties: number;
}

export type Property =
  | StringProperty
  | IntegerProperty
  | NumberProperty
  | ArrayProperty
  | ObjectProperty
  | DynamicProperty;
export type NamedProperty = Property & { readonly name: string };
