import type { TSchema } from "typebox";

/** Which of Infobip's two error bodies an endpoint answers with, for all its errors. */
export type Envelope = "ApiError" | "ApiException";

export interface Operation {
  /** Infobip's own id of the operation; ours where no document has it. */
  readonly operationId: string;
  /** The name of Infobip's OpenAPI document that has it; null: none has it any more, and old clients still call it. */
  readonly document: string | null;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its parameters in braces, as OpenAPI writes them: `/settings/2/api-keys/{apiKeyId}`. */
  readonly path: string;
  /** Any one of them allows the call (`x-scopes`). */
  readonly scopes: readonly string[];
  readonly envelope: Envelope;
  /** It sends messages, so it heeds the header `Idempotency-Key`. */
  readonly isSend?: true;
  /** It speaks XML beside JSON, and its path may end in `.json` or `.xml` to say the type of the answer. */
  readonly hasXml?: true;
  /** What is in its query may also come as a form: the same path with POST. */
  readonly takesForm?: true;
  /** The credentials may also come as the parameters `username` and `password`. */
  readonly credentialsIn?: "query";
  /** An object of the path's parameters. */
  readonly params?: TSchema;
  readonly body?: TSchema;
  readonly query?: TSchema;
  /** Status of the good answer. Absent: 200. */
  readonly status?: 201 | 202 | 204;
  /** Its body is a form with files (`multipart/form-data`): each property of `body` is the text of one part. */
  readonly takesUpload?: true;
  /** The good answer is octets of whatever type they have, no JSON. */
  readonly answersOctets?: true;
  /** Body of the good answer. Absent: it has none. */
  readonly response?: TSchema;
}
