import { Type, type Static } from "typebox";

export const ApiErrorViolation = Type.Object(
  { property: Type.Optional(Type.String()), violation: Type.Optional(Type.String()) },
  { title: "ApiErrorViolation" },
);
export type ApiErrorViolation = Static<typeof ApiErrorViolation>;

export const ApiErrorResource = Type.Object(
  { name: Type.Optional(Type.String()), url: Type.Optional(Type.String()) },
  { title: "ApiErrorResource" },
);
export type ApiErrorResource = Static<typeof ApiErrorResource>;

/** The newer envelope. All five members are always present. */
export const ApiError = Type.Object(
  {
    errorCode: Type.String(),
    description: Type.String(),
    action: Type.String(),
    violations: Type.Array(ApiErrorViolation),
    resources: Type.Array(ApiErrorResource),
  },
  { title: "ApiError" },
);
export type ApiError = Static<typeof ApiError>;

/** `validationErrors` maps a property path to its messages and is absent when there are none. */
export const ApiRequestErrorDetails = Type.Object(
  {
    messageId: Type.Optional(Type.String()),
    text: Type.Optional(Type.String()),
    validationErrors: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
  },
  { title: "ApiRequestErrorDetails" },
);
export type ApiRequestErrorDetails = Static<typeof ApiRequestErrorDetails>;

export const ApiRequestError = Type.Object(
  { serviceException: Type.Optional(ApiRequestErrorDetails) },
  { title: "ApiRequestError" },
);
export type ApiRequestError = Static<typeof ApiRequestError>;

/** The older envelope. */
export const ApiException = Type.Object({ requestError: Type.Optional(ApiRequestError) }, { title: "ApiException" });
export type ApiException = Static<typeof ApiException>;
