import { Type, type Static } from "typebox";
import { int32 } from "../common.ts";

/** An id of a client's choosing. That it needs no encoding in a URL is checked where it is created. */
export const resourceId = () => Type.String({ minLength: 1, maxLength: 255 });

export const SubscriptionsPageInfo = Type.Object(
  {
    page: Type.Optional(int32()),
    size: Type.Optional(int32()),
    totalPages: Type.Optional(int32()),
    totalResults: Type.Optional(Type.Integer()),
  },
  { title: "SubscriptionsPageInfo" },
);
export type SubscriptionsPageInfo = Static<typeof SubscriptionsPageInfo>;

/** Which page of a list, counted from 0. */
export const pageQuery = () => ({
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});

export const PageQuery = Type.Object(pageQuery(), { title: "PageQuery" });
export type PageQuery = Static<typeof PageQuery>;

/** Names and values of HTTP headers. */
export const headerMap = () => Type.Record(Type.String(), Type.String());
