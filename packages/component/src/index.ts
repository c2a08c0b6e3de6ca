export { COMPONENT, isActionName, taskType, type ActionName, type ActionTypes } from "./core/component.ts";
export type { Action } from "./core/action.ts";
export { normaliseBaseUrl } from "./core/base-url.ts";
export {
  checkConnection,
  TEST_REQUEST,
  testConnection,
  type Connection,
  type ConnectionTest,
} from "./core/connection.ts";
export {
  ComponentError,
  ERRORS,
  isComponentError,
  type ComponentErrorCode,
  type ComponentErrorFields,
  type Outcome,
  type Violation,
} from "./core/error.ts";
export { RETRY_LIMITS, type RetryLimits } from "./core/exchange.ts";
export { deriveMessageIds, type MessageIdOptions } from "./core/message-ids.ts";
export {
  lookUpProperty,
  lookupsOf,
  type Lookup,
  type LookupCall,
  type LookupResult,
  type Option,
} from "./core/lookup.ts";
export { perform, type CallOptions } from "./core/perform.ts";
export type { NamedProperty, Property } from "./core/properties.ts";
export type { HttpOptions, HttpRequest, HttpResponse, LogEvent, Runtime } from "./core/runtime.ts";
export type { MessageStatus, SendSmsInput, SendSmsOutput } from "./core/send-sms.ts";
export type { SendWhatsappTextMessageInput, SendWhatsappTextMessageOutput } from "./core/send-whatsapp-text-message.ts";
export type { SendWhatsappTemplateMessageOutput } from "./core/send-whatsapp-template-message.ts";
export type { TemplateButtonInput, TemplateProductSection } from "./core/template-buttons.ts";
export type { TemplateCardInput } from "./core/template-cards.ts";
export type { TemplateHeaderInput } from "./core/template-header.ts";
export type { SendWhatsappTemplateMessageInput } from "./core/template-input.ts";
export { infobip, type Clock, type Infobip, type InfobipOptions } from "./library.ts";
export { definition } from "./definition.ts";
export { connectionSchema, inputSchema, outputSchema, type JsonSchema } from "./json-schema.ts";
export { referencePage } from "./reference-page.ts";
export {
  runTask,
  runWorkflow,
  type RunTaskOptions,
  type RunWorkflowOptions,
  type WorkflowResult,
} from "./task-runner.ts";
export { validateWorkflow, type Task, type Workflow } from "./workflow.ts";
export type { WorkflowInput } from "./workflow-inputs.ts";
