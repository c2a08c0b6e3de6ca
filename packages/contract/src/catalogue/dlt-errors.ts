import type { ErrorRow } from "./row.ts";

/**
 * India's DLT registry. Infobip's lists give these neither group nor flag; the choice is ours: what the registration
 * or the text lacks is the user's (group 2) and permanent, what the check itself failed at is the operator's (group 3)
 * and may pass later. A wrong time of day (4138) is the user's and passes.
 */
export const DLT_USER_ERRORS = [
  [4106, "EC_BLOCKED_BY_DLT", true, "blocked by dlt."],
  [4108, "EC_SENDER_BLOCKED_BY_DLT", true, "sender blocked by dlt."],
  [4109, "EC_TELEMARKETER_BLOCKED_BY_DLT", true, "telemarketer blocked by dlt."],
  [4110, "EC_ENTITY_BLOCKED_BY_DLT", true, "entity blocked by dlt."],
  [4111, "EC_TEMPLATE_BLOCKED_BY_DLT", true, "template blocked by dlt."],
  [4112, "EC_ENTITY_NOT_FOUND", true, "entity not found."],
  [4113, "EC_ENTITY_NOT_REGISTERED", true, "entity not registered."],
  [4114, "EC_ENTITY_INACTIVE", true, "entity inactive."],
  [4115, "EC_ENTITY_BLACKLISTED", true, "entity blacklisted."],
  [4116, "EC_INVALID_ENTITY_ID", true, "invalid entity id."],
  [4117, "EC_ENTITY_ID_NOT_ALLOWED_FOR_TM", true, "entity id not allowed for tm."],
  [4118, "EC_TELEMARKETER_NOT_REGISTERED", true, "telemarketer not registered."],
  [4119, "EC_TELEMARKETER_INACTIVE", true, "telemarketer inactive."],
  [4120, "EC_TELEMARKETER_BLACKLISTED", true, "telemarketer blacklisted."],
  [4121, "EC_HEADER_NOT_FOUND", true, "header not found."],
  [4122, "EC_HEADER_INACTIVE", true, "header inactive."],
  [4123, "EC_HEADER_BLACKLISTED", true, "header blacklisted."],
  [4124, "EC_PEID_NOT_MATCHED_WITH_HEADER", true, "peid not matched with header."],
  [4125, "EC_HEADER_IN_FREEPOOL", true, "header in freepool."],
  [4126, "EC_TEMPLATE_NOT_FOUND", true, "template not found."],
  [4127, "EC_TEMPLATE_INACTIVE", true, "template inactive."],
  [4128, "EC_TEMPLATE_BLACKLISTED", true, "template blacklisted."],
  [4129, "EC_TEMPLATE_NOT_MATCHED", true, "template not matched."],
  [4130, "EC_HEADER_NOT_REGISTERED_FOR_TEMPLATE", true, "header not registered for template."],
  [4131, "EC_TEMPLATE_VARIABLE_EXCEEDED_MAX_LENGTH", true, "template variable exceeded max length."],
  [4133, "EC_INVALID_TEMPLATE_ID", true, "invalid template id."],
  [4134, "EC_TEMPLATE_NOT_REGISTERED_TO_ENTITY", true, "template not registered to entity."],
  [4135, "EC_PROMOTIONAL_TEMPLATE_USED_ON_OTHERS_HEADER", true, "promotional template used on others header."],
  [4136, "EC_INVALID_TEMPLATE_TYPE", true, "invalid template type."],
  [4137, "EC_PREFERENCE_NOT_MATCHED", true, "preference not matched."],
  [4138, "EC_INVALID_PROMO_TIME", false, "invalid promo time."],
  [4139, "EC_SE_CATEGORY_BLOCK", true, "se category block."],
  [4140, "EC_CONSENT_FAILED", true, "consent failed."],
  [4142, "EC_TLV_PEID_NOT_FOUND", true, "tlv peid not found."],
  [4143, "EC_TLV_TMPID_NOT_FOUND", true, "tlv tmpid not found."],
  [4144, "EC_CONTENT_MULTIPART_INCOMPLETE_BY_DLT", true, "content multipart incomplete by dlt."],
  [4146, "EC_HEADER_SUSPENDED_DUE_TO_VALIDITY", true, "header suspended due to validity."],
  [4147, "EC_HEADER_SUSPENDED_DUE_TO_USAGE", true, "header suspended due to usage."],
  [4148, "EC_HEADER_SUSPENDED_DUE_TO_CUSTOMER", true, "header suspended due to customer."],
  [4149, "EC_TEMPLATE_SUSPENDED_DUE_TO_VALIDITY", true, "template suspended due to validity."],
  [4150, "EC_TEMPLATE_SUSPENDED_DUE_TO_USAGE", true, "template suspended due to usage."],
  [4151, "EC_TEMPLATE_SUSPENDED_DUE_TO_CUSTOMER", true, "template suspended due to customer."],
  [4153, "EC_CTA_NOT_WHITELISTED", true, "cta not whitelisted."],
  [4154, "EC_PE_TM_HASH_NOT_RECEIVED", true, "pe tm hash not received."],
  [4155, "EC_PE_TM_HASH_NOT_REGISTERED", true, "pe tm hash not registered."],
  [4156, "EC_PE_TM_HASH_INACTIVE", true, "pe tm hash inactive."],
  [4157, "EC_PE_TM_HASH_BLACKLISTED", true, "pe tm hash blacklisted."],
  [4158, "EC_PE_TM_HASH_SUSPENDED", true, "pe tm hash suspended."],
] as const satisfies readonly ErrorRow[];

export const DLT_OPERATOR_ERRORS = [
  [4107, "EC_DLT_SCRUBBING_TIMEOUT", false, "dlt scrubbing timeout."],
  [4132, "EC_ERROR_IDENTIFYING_TEMPLATE", false, "error identifying template."],
  [4141, "EC_SCRUBBING_FAILED", false, "scrubbing failed."],
] as const satisfies readonly ErrorRow[];
