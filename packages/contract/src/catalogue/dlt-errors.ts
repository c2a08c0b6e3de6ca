import type { ErrorRow } from "./row.ts";

/**
 * India's DLT registry. Infobip's lists give these neither group nor flag; the choice is ours: what the registration
 * or the text lacks is the user's (group 2) and permanent, what the check itself failed at is the operator's (group 3)
 * and may pass later. A wrong time of day (4138) is the user's and passes.
 */
export const DLT_USER_ERRORS = [
  [4106, "EC_BLOCKED_BY_DLT", true, "The DLT provider blocked the message"],
  [4108, "EC_SENDER_BLOCKED_BY_DLT", true, "The DLT provider blocked the sender"],
  [4109, "EC_TELEMARKETER_BLOCKED_BY_DLT", true, "The DLT provider blocked the telemarketer"],
  [4110, "EC_ENTITY_BLOCKED_BY_DLT", true, "The DLT provider blocked the principal entity"],
  [4111, "EC_TEMPLATE_BLOCKED_BY_DLT", true, "The DLT provider blocked the template"],
  [4112, "EC_ENTITY_NOT_FOUND", true, "The DLT registry has no such principal entity"],
  [4113, "EC_ENTITY_NOT_REGISTERED", true, "The principal entity is not registered"],
  [4114, "EC_ENTITY_INACTIVE", true, "The principal entity is inactive"],
  [4115, "EC_ENTITY_BLACKLISTED", true, "The principal entity is on the DLT blocklist"],
  [4116, "EC_INVALID_ENTITY_ID", true, "The principal entity id is not valid"],
  [4117, "EC_ENTITY_ID_NOT_ALLOWED_FOR_TM", true, "The principal entity may not use this telemarketer"],
  [4118, "EC_TELEMARKETER_NOT_REGISTERED", true, "The telemarketer is not registered"],
  [4119, "EC_TELEMARKETER_INACTIVE", true, "The telemarketer is inactive"],
  [4120, "EC_TELEMARKETER_BLACKLISTED", true, "The telemarketer is on the DLT blocklist"],
  [4121, "EC_HEADER_NOT_FOUND", true, "The DLT registry has no such header"],
  [4122, "EC_HEADER_INACTIVE", true, "The header is inactive"],
  [4123, "EC_HEADER_BLACKLISTED", true, "The header is on the DLT blocklist"],
  [4124, "EC_PEID_NOT_MATCHED_WITH_HEADER", true, "The header belongs to another principal entity"],
  [4125, "EC_HEADER_IN_FREEPOOL", true, "The header belongs to nobody"],
  [4126, "EC_TEMPLATE_NOT_FOUND", true, "The DLT registry has no such template"],
  [4127, "EC_TEMPLATE_INACTIVE", true, "The template is inactive"],
  [4128, "EC_TEMPLATE_BLACKLISTED", true, "The template is on the DLT blocklist"],
  [4129, "EC_TEMPLATE_NOT_MATCHED", true, "The text does not fit the template"],
  [4130, "EC_HEADER_NOT_REGISTERED_FOR_TEMPLATE", true, "The template is not registered for the header"],
  [4131, "EC_TEMPLATE_VARIABLE_EXCEEDED_MAX_LENGTH", true, "A variable of the template is too long"],
  [4133, "EC_INVALID_TEMPLATE_ID", true, "The template id is not valid"],
  [4134, "EC_TEMPLATE_NOT_REGISTERED_TO_ENTITY", true, "The template belongs to another principal entity"],
  [
    4135,
    "EC_PROMOTIONAL_TEMPLATE_USED_ON_OTHERS_HEADER",
    true,
    "A promotional template was used with a header of another kind",
  ],
  [4136, "EC_INVALID_TEMPLATE_TYPE", true, "The template is of the wrong type"],
  [4137, "EC_PREFERENCE_NOT_MATCHED", true, "The addressee's preferences do not allow the message"],
  [4138, "EC_INVALID_PROMO_TIME", false, "Promotional messages are not allowed at this time of day"],
  [4139, "EC_SE_CATEGORY_BLOCK", true, "The addressee blocks service messages of this category"],
  [4140, "EC_CONSENT_FAILED", true, "The addressee's consent is missing"],
  [4142, "EC_TLV_PEID_NOT_FOUND", true, "The principal entity id is missing in the submission"],
  [4143, "EC_TLV_TMPID_NOT_FOUND", true, "The template id is missing in the submission"],
  [4144, "EC_CONTENT_MULTIPART_INCOMPLETE_BY_DLT", true, "Not all parts of the message reached the DLT check"],
  [4146, "EC_HEADER_SUSPENDED_DUE_TO_VALIDITY", true, "The header is suspended: its validity is over"],
  [4147, "EC_HEADER_SUSPENDED_DUE_TO_USAGE", true, "The header is suspended: it was not used"],
  [4148, "EC_HEADER_SUSPENDED_DUE_TO_CUSTOMER", true, "The header is suspended at its owner's wish"],
  [4149, "EC_TEMPLATE_SUSPENDED_DUE_TO_VALIDITY", true, "The template is suspended: its validity is over"],
  [4150, "EC_TEMPLATE_SUSPENDED_DUE_TO_USAGE", true, "The template is suspended: it was not used"],
  [4151, "EC_TEMPLATE_SUSPENDED_DUE_TO_CUSTOMER", true, "The template is suspended at its owner's wish"],
  [4153, "EC_CTA_NOT_WHITELISTED", true, "A link or number in the text is not on the allow list"],
  [4154, "EC_PE_TM_HASH_NOT_RECEIVED", true, "The hash of the telemarketer chain is missing"],
  [4155, "EC_PE_TM_HASH_NOT_REGISTERED", true, "The hash of the telemarketer chain is not registered"],
  [4156, "EC_PE_TM_HASH_INACTIVE", true, "The hash of the telemarketer chain is inactive"],
  [4157, "EC_PE_TM_HASH_BLACKLISTED", true, "The hash of the telemarketer chain is on the DLT blocklist"],
  [4158, "EC_PE_TM_HASH_SUSPENDED", true, "The hash of the telemarketer chain is suspended"],
] as const satisfies readonly ErrorRow[];

export const DLT_OPERATOR_ERRORS = [
  [4107, "EC_DLT_SCRUBBING_TIMEOUT", false, "The DLT check did not answer in time"],
  [4132, "EC_ERROR_IDENTIFYING_TEMPLATE", false, "The DLT provider could not find out the template"],
  [4141, "EC_SCRUBBING_FAILED", false, "The DLT check failed"],
] as const satisfies readonly ErrorRow[];
