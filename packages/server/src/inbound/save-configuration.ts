import { createHash } from "node:crypto";
import type {
  InboundConfiguration,
  InboundConfigurationQuery,
  InboundConfigurationRequest,
  MoActionType,
  UnsetOption,
} from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import { inboundAddress } from "../message/inbound-address.ts";
import type { Store } from "../store/store.ts";
import { CONFIGURATION_KIND, type ConfigurationIndex, type StoredConfiguration } from "./configurations.ts";

export interface ConfigurationContext {
  readonly store: Pick<Store, "changeDocuments" | "findDocument" | "listDocuments">;
  readonly clock: Clock;
  readonly index: ConfigurationIndex;
  /** The number behind a `numberKey` of the account; null: it has none of that key. */
  readonly numberOf: (accountId: number, numberKey: string) => Promise<string | null>;
}

/** These channels have numbers; the others have resources: pages, bots, domains. */
const NUMBER_CHANNELS: ReadonlySet<string> = new Set(["SMS", "MMS", "WHATSAPP"]);
/** The rest of the document's types is for calls, or for products that are not here. */
const ACTIONS: ReadonlySet<MoActionType> = new Set<MoActionType>([
  "PULL",
  "HTTP_FORWARD",
  "SMPP_FORWARD",
  "MAIL_FORWARD",
  "NO_ACTION",
  "FORWARD_TO_SUBSCRIPTION",
]);
/** Of the channels whose messages come in. */
const FORMATS: Readonly<Record<string, string>> = { SMS: "MO_JSON_2", WHATSAPP: "MO_OTT_CONTACT" };
const KEY_LENGTH = 32;

type Values = Pick<
  InboundConfigurationRequest,
  "username" | "platform" | "forwarding" | "conversations" | "answers" | "autoResponse" | "blockListConfiguration"
>;

const PROPERTY_OF: Readonly<Record<UnsetOption, keyof Values>> = {
  USERNAME: "username",
  PLATFORM: "platform",
  FORWARDING: "forwarding",
  CONVERSATIONS: "conversations",
  ANSWERS: "answers",
  AUTORESPONSE: "autoResponse",
  BLOCKLISTCONFIGURATION: "blockListConfiguration",
};
const PROPERTIES = Object.values(PROPERTY_OF);

/**
 * `POST /resource-management/1/inbound-message-configurations`: makes or changes the configuration of a number and
 * keyword. What `unset` names goes first; then what the request has is set; the rest stays.
 *
 * @throws InvalidRequest for what the schema cannot say, RequestRefused 404 for an unknown number
 */
export async function saveInboundConfiguration(
  context: ConfigurationContext,
  accountId: number,
  request: InboundConfigurationRequest,
): Promise<InboundConfiguration> {
  const place = await placeOf(context, accountId, request);
  requireServed(request);
  const configurationKey = keyOf(accountId, place);
  const {
    unset = [],
    username,
    platform,
    forwarding,
    conversations,
    answers,
    autoResponse,
    blockListConfiguration,
  } = request;
  const known = await context.store.findDocument(accountId, CONFIGURATION_KIND, configurationKey);
  const values: Values = known === null ? {} : valuesOf(JSON.parse(known.body) as StoredConfiguration);
  for (const option of unset) delete values[PROPERTY_OF[option]];
  Object.assign(
    values,
    JSON.parse(
      JSON.stringify({
        username,
        platform,
        forwarding,
        conversations,
        answers,
        autoResponse: withTimeZone(autoResponse),
        blockListConfiguration,
      }),
    ),
  );
  // Switched off is the same as not there.
  if (values.conversations?.enabled === false) delete values.conversations;
  if (values.answers?.enabled === false) delete values.answers;
  const configuration: StoredConfiguration = { configurationKey, ...place, ...values };
  const changed = await context.store.changeDocuments([
    {
      action: "put",
      accountId,
      kind: CONFIGURATION_KIND,
      id: configurationKey,
      body: JSON.stringify(configuration),
      at: context.clock.now(),
    },
  ]);
  context.index.forget();
  if (!changed.isDone) throw new RequestRefused(409, "The account has as many inbound configurations as it may");
  return shown(configuration);
}

/** `GET` of the same path, in the order of their creation. */
export async function findInboundConfigurations(
  context: ConfigurationContext,
  accountId: number,
  query: InboundConfigurationQuery,
): Promise<InboundConfiguration[]> {
  const documents = await context.store.listDocuments(accountId, CONFIGURATION_KIND);
  const all = documents.map(({ body }) => JSON.parse(body) as StoredConfiguration);
  const { channel, configurationKey, keyword, countryCode } = query;
  const address = await addressAsked(context, accountId, query);
  return all
    .filter(
      (configuration) =>
        configuration.channel === channel &&
        (configurationKey === undefined || configuration.configurationKey === configurationKey) &&
        (address === undefined || configuration.address === address) &&
        (countryCode === undefined || configuration.countryCode === countryCode) &&
        (keyword === undefined || configuration.keyword?.toLowerCase() === keyword.trim().toLowerCase()),
    )
    .map(shown);
}

/** A key that is there no more is no fault: a client may repeat a request whose answer was lost. */
export async function deleteInboundConfiguration(
  context: ConfigurationContext,
  accountId: number,
  configurationKey: string,
): Promise<void> {
  const place = { accountId, kind: CONFIGURATION_KIND, id: configurationKey };
  await context.store.changeDocuments([{ ...place, action: "delete" }]);
  context.index.forget();
}

type Place = Pick<StoredConfiguration, "channel" | "address" | "keyword" | "countryCode">;

async function placeOf(
  context: ConfigurationContext,
  accountId: number,
  request: InboundConfigurationRequest,
): Promise<Place> {
  const { channel, countryCode, keyword } = request;
  const address = await addressAsked(context, accountId, request);
  const name = NUMBER_CHANNELS.has(channel) ? "number" : "resource";
  if (address === undefined || address === "") throw new InvalidRequest(name, "must not be null");
  if (address === null) throw new RequestRefused(404, `The account has no ${name} of this ${name}Key`);
  const word = keyword?.trim() ?? "";
  return {
    channel,
    address,
    keyword: word === "" ? null : word,
    ...(countryCode === undefined ? {} : { countryCode }),
  };
}

/** Undefined where none is asked for; null where the key leads to none. */
async function addressAsked(
  context: ConfigurationContext,
  accountId: number,
  asked: Pick<InboundConfigurationRequest, "channel" | "number" | "numberKey" | "resource" | "resourceKey">,
): Promise<string | null | undefined> {
  if (!NUMBER_CHANNELS.has(asked.channel)) {
    if (asked.resource !== undefined) return asked.resource.trim();
    return asked.resourceKey === undefined ? undefined : null;
  }
  if (asked.number !== undefined) return inboundAddress(asked.number);
  if (asked.numberKey === undefined) return undefined;
  const number = await context.numberOf(accountId, asked.numberKey);
  return number === null ? null : inboundAddress(number);
}

function requireServed({ channel, forwarding, autoResponse }: InboundConfigurationRequest) {
  if (forwarding !== undefined) {
    const { type, url, mail, format } = forwarding;
    if (!ACTIONS.has(type)) {
      throw new InvalidRequest("forwarding.type", `must be one of [${[...ACTIONS].join(", ")}]`);
    }
    if (type === "HTTP_FORWARD") requireHttpUrl(url);
    if (type === "MAIL_FORWARD" && mail === undefined) throw new InvalidRequest("forwarding.mail", "must not be null");
    const served = FORMATS[channel];
    if (type === "HTTP_FORWARD" && served !== undefined && format !== undefined && format !== served) {
      throw new InvalidRequest(
        "forwarding.format",
        `must be ${served}, the one format of inbound messages of ${channel}`,
      );
    }
  }
  const { deliveryTimeWindow } = autoResponse ?? {};
  if (deliveryTimeWindow?.deliveryTimeZone === "DESTINATION_TIME_ZONE") {
    // Better refused than sent at the wrong hour: where a number's owner is, nobody knows.
    throw new InvalidRequest(
      "autoResponse.deliveryTimeWindow.deliveryTimeZone",
      "must be USER_TIME_ZONE, which is UTC",
    );
  }
}

function requireHttpUrl(url: string | undefined) {
  if (url === undefined) throw new InvalidRequest("forwarding.url", "must not be null");
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (protocol === "http:" || protocol === "https:") return;
  throw new InvalidRequest("forwarding.url", "must be a valid http or https URL");
}

function withTimeZone(autoResponse: InboundConfigurationRequest["autoResponse"]) {
  const { deliveryTimeWindow } = autoResponse ?? {};
  if (deliveryTimeWindow === undefined) return autoResponse;
  return { ...autoResponse, deliveryTimeWindow: { deliveryTimeZone: "USER_TIME_ZONE", ...deliveryTimeWindow } };
}

/** The same place has the same key, so that a repeated request makes nothing new. */
function keyOf(accountId: number, { channel, address, keyword, countryCode }: Place): string {
  const place = JSON.stringify([accountId, channel, address, countryCode ?? null, keyword?.toLowerCase() ?? null]);
  return createHash("sha256").update(place).digest("hex").slice(0, KEY_LENGTH).toUpperCase();
}

function valuesOf(configuration: StoredConfiguration): Values {
  const values: Record<string, unknown> = {};
  for (const property of PROPERTIES) {
    if (configuration[property] !== undefined) values[property] = configuration[property];
  }
  return values;
}

function shown(configuration: StoredConfiguration): InboundConfiguration {
  const { configurationKey, channel, keyword } = configuration;
  return { configurationKey, channel, ...(keyword === null ? {} : { keyword }), ...valuesOf(configuration) };
}
