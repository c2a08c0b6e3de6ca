import { Type, type Static } from "typebox";
import { DateTime, oneOf } from "../common.ts";
import { FILTER_LENGTH_MAX } from "../limits.ts";

/** Which bulk is meant. An empty text names none. */
export const BulkQuery = Type.Object(
  { bulkId: Type.String({ minLength: 1, maxLength: FILTER_LENGTH_MAX }) },
  { title: "BulkQuery" },
);
export type BulkQuery = Static<typeof BulkQuery>;

/** Body of `PUT /sms/1/bulks`. */
export const BulkRequest = Type.Object({ sendAt: DateTime }, { title: "BulkRequest" });
export type BulkRequest = Static<typeof BulkRequest>;

/** When a bulk is to be sent. */
export const BulkResponse = Type.Object(
  { bulkId: Type.Optional(Type.String()), sendAt: Type.Optional(DateTime) },
  { title: "BulkResponse" },
);
export type BulkResponse = Static<typeof BulkResponse>;

export const BulkStatus = oneOf(["PENDING", "PAUSED", "PROCESSING", "CANCELED", "FINISHED", "FAILED"], {
  title: "BulkStatus",
});
export type BulkStatus = Static<typeof BulkStatus>;

/** Body of `PUT /sms/1/bulks/status`. */
export const UpdateStatusRequest = Type.Object({ status: BulkStatus }, { title: "UpdateStatusRequest" });
export type UpdateStatusRequest = Static<typeof UpdateStatusRequest>;

export const BulkStatusResponse = Type.Object(
  { bulkId: Type.Optional(Type.String()), status: Type.Optional(BulkStatus) },
  { title: "BulkStatusResponse" },
);
export type BulkStatusResponse = Static<typeof BulkStatusResponse>;
