import { Type, type Static } from "typebox";
import { DateTime, filter, int32, listFilter, shortText, url } from "../common.ts";
import { LOOKUP_TO_LENGTH_MAX, LOOKUPS_PER_REQUEST_MAX } from "../limits.ts";
import { MessageGeneralStatus } from "../sms/status.ts";
import { SmsError, SmsStatus } from "../sms/status-v1.ts";

const to = () => Type.String({ maxLength: LOOKUP_TO_LENGTH_MAX });

/** Body of `POST /number/1/query`. */
export const NcQueryRequest = Type.Object(
  { to: Type.Array(to(), { minItems: 1, maxItems: LOOKUPS_PER_REQUEST_MAX }) },
  { title: "NcQueryRequest" },
);
export type NcQueryRequest = Static<typeof NcQueryRequest>;

/** Body of `POST /number/1/notify`. */
export const NcNotifyRequest = Type.Object(
  {
    notifyContentType: Type.Optional(shortText()),
    notifyUrl: Type.Optional(url()),
    to: Type.Array(to(), { minItems: 1, maxItems: LOOKUPS_PER_REQUEST_MAX }),
  },
  { title: "NcNotifyRequest" },
);
export type NcNotifyRequest = Static<typeof NcNotifyRequest>;

/** A mobile network. Ours know only the country. */
export const NetworkInformation = Type.Object(
  {
    networkName: Type.Optional(Type.String()),
    networkPrefix: Type.Optional(Type.String()),
    countryName: Type.Optional(Type.String()),
    countryPrefix: Type.Optional(Type.String()),
    networkId: Type.Optional(int32()),
  },
  { title: "NetworkInformation" },
);

/** What is known of a number. What is not there is not known. */
export const NcResponseDetails = Type.Object(
  {
    to: Type.Optional(Type.String()),
    mccMnc: Type.Optional(Type.String()),
    imsi: Type.Optional(Type.String()),
    originalNetwork: Type.Optional(NetworkInformation),
    ported: Type.Optional(Type.Boolean()),
    portedNetwork: Type.Optional(NetworkInformation),
    roaming: Type.Optional(Type.Boolean()),
    roamingNetwork: Type.Optional(NetworkInformation),
    servingMSC: Type.Optional(Type.String()),
    status: Type.Optional(SmsStatus),
    error: Type.Optional(SmsError),
  },
  { title: "NcResponseDetails" },
);
export type NcResponseDetails = Static<typeof NcResponseDetails>;

export const NcResponse = Type.Object(
  { results: Type.Optional(Type.Array(NcResponseDetails)), bulkId: Type.Optional(Type.String()) },
  { title: "NcResponse", xml: { name: "ncResponse" } },
);
export type NcResponse = Static<typeof NcResponse>;

export const NcResponseAsync = Type.Object(
  {
    results: Type.Optional(
      Type.Array(
        Type.Object({
          to: Type.Optional(Type.String()),
          status: Type.Optional(SmsStatus),
          messageId: Type.Optional(Type.String()),
        }),
      ),
    ),
    bulkId: Type.Optional(Type.String()),
  },
  { title: "NcResponseAsync", xml: { name: "ncResponseAsync" } },
);
export type NcResponseAsync = Static<typeof NcResponseAsync>;

export const NcLogResponse = Type.Object(
  {
    results: Type.Optional(
      Type.Array(
        Type.Object(
          {
            bulkId: Type.Optional(Type.String()),
            messageId: Type.Optional(Type.String()),
            to: Type.Optional(Type.String()),
            sentAt: Type.Optional(DateTime),
            doneAt: Type.Optional(DateTime),
            mccMnc: Type.Optional(Type.String()),
            price: Type.Optional(
              Type.Object({ currency: Type.Optional(Type.String()), pricePerLookup: Type.Optional(Type.Number()) }),
            ),
            status: Type.Optional(SmsStatus),
            error: Type.Optional(SmsError),
          },
          { title: "NcLog" },
        ),
      ),
    ),
  },
  { title: "NcLogResponse" },
);
export type NcLogResponse = Static<typeof NcLogResponse>;

export const NcLogsQuery = Type.Object(
  {
    to: filter(),
    bulkId: listFilter(),
    messageId: listFilter(),
    generalStatus: Type.Optional(MessageGeneralStatus),
    sentSince: Type.Optional(DateTime),
    sentUntil: Type.Optional(DateTime),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
    mcc: filter(),
    mnc: filter(),
  },
  { title: "NcLogsQuery", dependentRequired: { mnc: ["mcc"] } },
);
export type NcLogsQuery = Static<typeof NcLogsQuery>;
