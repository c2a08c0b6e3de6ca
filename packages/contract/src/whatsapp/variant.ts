import { type TProperties, Type } from "typebox";
import { nestingOf } from "../nesting.ts";
import { FREE_DATA_DEPTH_MAX, FREE_DATA_MEMBERS_MAX, URL_LENGTH_MAX } from "../limits.ts";

/**
 * One of the shapes that the property `type` chooses between. A union whose members are all made here is judged by that
 * property, so that a violation names what the chosen shape lacks.
 */
export const variant = <const Name extends string, Properties extends TProperties>(
  type: Name,
  properties: Properties,
  title: string,
) => Type.Object({ type: Type.Enum([type], { type: "string" }), ...properties }, { title });

/** A text of 1 to `maxLength` characters. */
export const filled = (maxLength: number) => Type.String({ minLength: 1, maxLength });
/** A text of at most `maxLength` characters, which may be absent. */
export const optional = (maxLength: number) => Type.Optional(Type.String({ maxLength }));

function isHttpUrl(text: string): boolean {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  return protocol === "http:" || protocol === "https:";
}

/** Where a medium is fetched from, or a button leads to. */
export const webUrl = () => Type.Refine(filled(URL_LENGTH_MAX), isHttpUrl, () => "must be a valid http or https URL");

/** A text that matches `pattern` as a whole; `shown` is the pattern without its ends. */
export const matching = (maxLength: number, pattern: RegExp, shown: string) =>
  Type.Refine(
    filled(maxLength),
    (text) => pattern.test(text),
    () => `must match "${shown}"`,
  );

/**
 * An object whose members are the client's own, of any type. The document says that each is an object, and its examples
 * have texts and numbers.
 */
export const freeData = (membersMin: 0 | 1) =>
  Type.Refine(
    Type.Record(Type.String(), Type.Unknown(), { title: membersMin === 0 ? "FreeData" : "FilledFreeData" }),
    (data) => {
      const count = Object.keys(data).length;
      return (
        count >= membersMin &&
        count <= FREE_DATA_MEMBERS_MAX &&
        nestingOf(data, FREE_DATA_DEPTH_MAX) <= FREE_DATA_DEPTH_MAX
      );
    },
    () => `must have ${membersMin} to ${FREE_DATA_MEMBERS_MAX} members, at most ${FREE_DATA_DEPTH_MAX} levels deep`,
  );
