/** The sends that are one GET: everything is a parameter, and the nested options of a body are flat. */
import type { SmsResponse, SmsResponseEnvelope, SmsTextQueryV1, SmsTextQueryV3 } from "@posthorn/contract";
import type { IdempotencyClaim } from "../store/store.ts";
import { type AcceptContext, requireUrl, webhookKindOf } from "./acceptance.ts";
import { envelopeOf } from "./sms-messages.ts";
import { acceptSms, refuseTooMany, sendAtOf, type SmsSource, urlOptionsOf } from "./sms-request.ts";
import { conversionOf, given, legacyUrlOptionsOf, send } from "./sms-v2.ts";

/** `GET /sms/1/text/query`; its answers have always had the count. @throws as `acceptSmsMessages` */
export async function acceptSmsQueryV1(
  context: AcceptContext,
  accountId: number,
  query: SmsTextQueryV1,
  claim: IdempotencyClaim | null,
): Promise<SmsResponse> {
  const { bulkId, track, processKey, trackingType: type } = query;
  const tracking = given({ track, processKey, type });
  const options = Object.keys(tracking).length === 0 ? {} : conversionOf(tracking);
  const source = {
    ...sourceOf(context, "SMS_V1", query, options),
    urlOptions: urlOptionsOf(legacyUrlOptionsOf(tracking), "track"),
  };
  return send(context, { accountId, bulkId, sources: [source], claim }, true);
}

/** `GET /sms/3/text/query`. @throws as `acceptSmsMessages` */
export async function acceptSmsQueryV3(
  context: AcceptContext,
  accountId: number,
  query: SmsTextQueryV3,
  claim: IdempotencyClaim | null,
): Promise<SmsResponseEnvelope> {
  const { bulkId, trackingUrl, trackingType: type } = query;
  const options = {
    ...(trackingUrl === undefined ? {} : { tracking: { trackingUrl } }),
    ...(type === undefined ? {} : conversionOf({ type })),
  };
  const urlOptions = urlOptionsOf(trackingUrl === undefined ? undefined : { trackingUrl }, "trackingUrl");
  const messages = [{ ...sourceOf(context, "SMS_V3", query, options), urlOptions }];
  return acceptSms(context, { accountId, bulkId, messages }, claim, envelopeOf);
}

function sourceOf(
  context: AcceptContext,
  kind: "SMS_V1" | "SMS_V3",
  query: SmsTextQueryV1 | SmsTextQueryV3,
  options: Readonly<Record<string, unknown>>,
): SmsSource {
  const destinations = destinationsOf(query.to);
  refuseTooMany([destinations.length], context.destinationsPerRequestMax, () => "to");
  const { text, transliteration, languageCode, flash, intermediateReport } = query;
  const webhookUrl = requireUrl(query.notifyUrl, "notifyUrl");
  const language = languageCode === undefined ? undefined : { languageCode };
  return {
    sender: query.from,
    destinations,
    content: text === undefined || text === "" ? null : { text, ...given({ transliteration, language }) },
    sendAt: sendAtOf(query.sendAt, context.clock.now(), "sendAt"),
    validityPeriod: query.validityPeriod === undefined ? undefined : { amount: query.validityPeriod },
    window: null,
    callbackData: query.callbackData,
    applicationId: undefined,
    entityId: undefined,
    campaignReferenceId: undefined,
    webhookUrl,
    webhookKind: webhookKindOf(kind, query.notifyContentType, webhookUrl !== null, "notifyContentType"),
    wantsReport: true,
    options: {
      ...options,
      ...given({ flash }),
      ...regionalOf(query),
      ...(intermediateReport === true ? { intermediateReport } : {}),
    },
  };
}

/** `a,b` and a repeated parameter mean the same. A list of nothing is one destination that is missing. */
function destinationsOf(to: string | readonly string[]): readonly { to: string }[] {
  const written = [to].flat().flatMap((text) => text.split(",").map((item) => item.trim()));
  const named = written.filter((item) => item !== "");
  return (named.length === 0 ? [""] : named).map((item) => ({ to: item }));
}

function regionalOf(query: SmsTextQueryV1 | SmsTextQueryV3): { regional?: object } {
  const indiaDlt = given({
    contentTemplateId: query.indiaDltContentTemplateId,
    principalEntityId: query.indiaDltPrincipalEntityId,
    telemarketerId: query.indiaDltTelemarketerId,
  });
  const turkeyIys = given({ brandCode: query.turkeyIysBrandCode, recipientType: query.turkeyIysRecipientType });
  const southKorea = given({
    title: "southKoreaTitle" in query ? query.southKoreaTitle : undefined,
    resellerCode: query.southKoreaResellerCode,
  });
  const regions = Object.entries({ indiaDlt, turkeyIys, southKorea }).filter(
    ([, region]) => Object.keys(region).length > 0,
  );
  return regions.length === 0 ? {} : { regional: Object.fromEntries(regions) };
}
