/** `/whatsapp/1/senders/{sender}/flows`: forms that a phone shows inside a chat. */
import { Type, type Static } from "typebox";
import { DateTime, int32, oneOf, shortText } from "../common.ts";

export const FlowCategory = oneOf(
  [
    "SIGN_UP",
    "SIGN_IN",
    "APPOINTMENT_BOOKING",
    "LEAD_GENERATION",
    "CONTACT_US",
    "CUSTOMER_SUPPORT",
    "SURVEY",
    "OTHER",
    "SHOPPING",
    "UNKNOWN",
  ],
  { title: "FlowCategory" },
);

export const FlowStatus = oneOf(["DRAFT", "PUBLISHED", "DEPRECATED", "BLOCKED", "THROTTLED"], { title: "FlowStatus" });

/** Octets of a flow's JSON; Infobip's document states it. */
export const FLOW_JSON_BYTES_MAX = 10 * 1024 * 1024;
/** Characters of a prompt, which the document leaves open. */
const PROMPT_LENGTH_MAX = 4000;

export const CreateFlow = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    categories: Type.Array(FlowCategory),
    cloneFlowId: Type.Optional(Type.String()),
  },
  { title: "CreateFlowRequest" },
);
export type CreateFlow = Static<typeof CreateFlow>;

export const UpdateFlow = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    categories: Type.Optional(Type.Array(FlowCategory)),
  },
  { title: "UpdateFlowRequest" },
);
export type UpdateFlow = Static<typeof UpdateFlow>;

export const Flow = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    businessAccountId: Type.Integer(),
    categories: Type.Array(FlowCategory),
    status: FlowStatus,
    initialScreens: Type.Optional(Type.Array(Type.String(), { uniqueItems: true })),
  },
  { title: "FlowDataResponse" },
);
export type Flow = Static<typeof Flow>;

export const Flows = Type.Object({ flows: Type.Array(Flow) }, { title: "GetSenderFlowsResponse" });

/**
 * A flow as WhatsApp's own format has it. The document takes objects only, its example has texts, and the format itself
 * has lists: all three are taken.
 */
export const FlowJson = Type.Record(
  Type.String(),
  Type.Union([Type.Object({}), Type.String(), Type.Array(Type.Object({}))]),
  { title: "AddFlowJson" },
);
export type FlowJson = Static<typeof FlowJson>;

const FlowJsonError = Type.Object(
  {
    error: Type.Optional(Type.String()),
    errorType: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    lineStart: Type.Optional(int32()),
    lineEnd: Type.Optional(int32()),
    columnStart: Type.Optional(int32()),
    columnEnd: Type.Optional(int32()),
  },
  { title: "AddFlowJsonValidationError" },
);
export type FlowJsonError = Static<typeof FlowJsonError>;

export const FlowJsonAdded = Type.Object(
  { validationErrors: Type.Array(FlowJsonError) },
  { title: "AddFlowJsonResponse" },
);

export const FlowJsonLink = Type.Object({ externalDownloadUrl: Type.String() }, { title: "GetFlowJsonResponse" });
export const FlowPreview = Type.Object({ previewUrl: Type.String(), expiresAt: DateTime }, { title: "FlowPreview" });

export const GenerateFlow = Type.Object(
  { prompt: Type.String({ minLength: 1, maxLength: PROMPT_LENGTH_MAX }), responseId: Type.Optional(shortText()) },
  { title: "GenerateFlowRequestApiData" },
);
export type GenerateFlow = Static<typeof GenerateFlow>;

export const GeneratedFlow = Type.Object(
  { originalPrompt: Type.String(), responseId: Type.String(), generatedFlow: Type.Object({}) },
  { title: "GenerateFlowResponseApiData" },
);

export const FlowParams = Type.Object({ sender: shortText(), flowId: shortText() }, { title: "FlowParams" });
