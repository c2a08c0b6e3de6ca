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
  readonly controlType?: "TEXT" | "TEXT_AREA";
  /** Characters (Unicode code points), as in JSON Schema. */
  readonly maxLength?: number;
}

export interface IntegerProperty extends PropertyBase {
  readonly type: "INTEGER";
}

export interface ArrayProperty extends PropertyBase {
  readonly type: "ARRAY";
  readonly items: readonly [Property];
}

export interface ObjectProperty extends PropertyBase {
  readonly type: "OBJECT";
  readonly properties: readonly NamedProperty[];
}

export type Property = StringProperty | IntegerProperty | ArrayProperty | ObjectProperty;
export type NamedProperty = Property & { readonly name: string };
