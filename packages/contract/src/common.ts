import { Type, type Static, type TSchema } from "typebox";
import { parseDate } from "./date.ts";
import {
  DATE_TEXT_LENGTH_MAX,
  FILTER_LENGTH_MAX,
  INT32_MAX,
  INT32_MIN,
  LIST_PARAMETER_LENGTH_MAX,
  LIST_PARAMETER_REPEATS_MAX,
  OCTET_MAX,
  SHORT_TEXT_LENGTH_MAX,
  URL_LENGTH_MAX,
} from "./limits.ts";

/** A date as Infobip writes it, read leniently (see `parseDate`). `format: date-time` would refuse `+0000`. */
export const DateTime = Type.Refine(
  Type.String({ title: "DateTime", maxLength: DATE_TEXT_LENGTH_MAX }),
  (text) => parseDate(text) !== undefined,
  () => "must be a date-time, for example 2026-01-31T13:45:00.000+0000",
);
export type DateTime = Static<typeof DateTime>;

/** One of `values`. With its `type`, which TypeBox's own enumeration leaves out and documents show. */
export const oneOf = <Value extends string>(values: readonly Value[], options: { title: string; default?: Value }) =>
  Type.Enum([...values], { type: "string", ...options });

/** A 32-bit integer: the contract's `format: int32`. */
export const int32 = (minimum: number = INT32_MIN, maximum: number = INT32_MAX) => Type.Integer({ minimum, maximum });
/** One octet, 0 unless given. */
export const octet = () => Type.Integer({ minimum: 0, maximum: OCTET_MAX, default: 0 });
export const shortText = () => Type.String({ maxLength: SHORT_TEXT_LENGTH_MAX });
export const url = () => Type.String({ maxLength: URL_LENGTH_MAX });

export const filter = () => Type.Optional(Type.String({ maxLength: FILTER_LENGTH_MAX }));
/** A comma-separated list, or an array of such when the parameter is repeated. */
export const listFilter = () =>
  Type.Optional(
    Type.Union([
      Type.String({ maxLength: LIST_PARAMETER_LENGTH_MAX }),
      Type.Array(Type.String({ maxLength: LIST_PARAMETER_LENGTH_MAX }), { maxItems: LIST_PARAMETER_REPEATS_MAX }),
    ]),
  );

export const UrlOptions = Type.Object(
  {
    shortenUrl: Type.Optional(Type.Boolean({ default: true })),
    trackClicks: Type.Optional(Type.Boolean({ default: true })),
    trackingUrl: Type.Optional(url()),
    removeProtocol: Type.Optional(Type.Boolean({ default: false })),
    customDomain: Type.Optional(shortText()),
  },
  { title: "UrlOptions" },
);
export type UrlOptions = Static<typeof UrlOptions>;

/** A status in each version and channel; what its group may be called differs. */
export const statusObject = <Group extends TSchema, Title extends string>(groupName: Group, title: Title) =>
  Type.Object(
    {
      groupId: Type.Optional(int32()),
      groupName: Type.Optional(groupName),
      id: Type.Optional(int32()),
      name: Type.Optional(Type.String()),
      description: Type.Optional(Type.String()),
      action: Type.Optional(Type.String()),
    },
    { title },
  );

/** An error in each version; what its group may be called differs. */
export const errorObject = <Group extends TSchema, Title extends string>(groupName: Group, title: Title) =>
  Type.Object(
    {
      groupId: Type.Optional(int32()),
      groupName: Type.Optional(groupName),
      id: Type.Optional(int32()),
      name: Type.Optional(Type.String()),
      description: Type.Optional(Type.String()),
      permanent: Type.Optional(Type.Boolean()),
    },
    { title },
  );

/** Where a page stands in its list; the first one is 0. */
export const PageInfo = Type.Object(
  { page: int32(0), size: int32(1), totalPages: int32(0), totalResults: Type.Integer({ minimum: 0 }) },
  { title: "PageInfo" },
);
