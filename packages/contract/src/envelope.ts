import type { Envelope } from "./operation.ts";

/**
 * Paths whose errors come in the older envelope, computed over Infobip's own OpenAPI documents: mostly the first
 * generation of each product. Everything else, unknown paths included, answers in the newer one.
 */
const API_EXCEPTION_PATHS: readonly RegExp[] = [
  /^\/sms\/[12]\//,
  /^\/ct\/1\//,
  /^\/2fa\/[12]\//,
  /^\/(account|audit|auth|calls|callrouting|markuplanguage|number|numbers|omni|platform|resource-management)\/\d+\//,
  /^\/(signals|subscriptions|tts|voice)\/\d+\//,
  /^\/voice\/(ctc|ivr|masking)\//,
  /^\/ott\/rcs\//,
  /^\/provisioning\/1\//,
  /^\/mms\/1\//,
  /^\/viber\/1\/message/,
  /^\/email\/(?:[123]\/(?!ip-management|suppressions|templates|validations)|4\/mime)/,
  /^\/resources\/1\/(coverage-lookup|resources)/,
  /^\/settings\/1\/accounts(\/[^/]+)?$/,
  /^\/whatsapp\/1\/(message|embedded-signup)\//,
  /^\/whatsapp\/1\/senders\/quality/,
  /^\/whatsapp\/1\/senders\/[^/]+\/(message|media|templates|payments)(\/|$)/,
  /^\/whatsapp\/1\/[^/]+\/contacts\//,
  /^\/whatsapp\/2\/senders\//,
];

/** The envelope for errors under `path`, which may be a path that nobody serves and may carry a query. */
export function envelopeOfPath(path: string): Envelope {
  const [pathname = ""] = path.split("?", 1);
  return API_EXCEPTION_PATHS.some((pattern) => pattern.test(pathname)) ? "ApiException" : "ApiError";
}
