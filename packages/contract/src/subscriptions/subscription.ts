import { Type, type Static, type TSchema } from "typebox";
import { oneOf } from "../common.ts";
import { SubscriptionsPageInfo, pageQuery, resourceId } from "./common.ts";
import { SUBSCRIPTION_EVENTS } from "./events.ts";
import { IdOnlyProfileRequest, IdOnlyProfileResponse, ProfileRequest } from "./profile.ts";

/** Events, criteria, resources and users of one subscription. */
const LIST_ITEMS_MAX = 255;

export type SubscriptionChannel = keyof typeof SUBSCRIPTION_EVENTS;

const CHANNELS = Object.keys(SUBSCRIPTION_EVENTS) as SubscriptionChannel[];

/** Both: messages of that application and that entity. One: whatever the other is. */
export const ApplicationEntityPair = Type.Object(
  {
    applicationId: Type.Optional(Type.String({ maxLength: 255 })),
    entityId: Type.Optional(Type.String({ maxLength: 255 })),
    callsConfigurationId: Type.Optional(Type.String({ maxLength: 255 })),
  },
  { title: "ApplicationEntityPair" },
);
export type ApplicationEntityPair = Static<typeof ApplicationEntityPair>;

type EventSchema = ReturnType<typeof formatAware>;
const formatAware = () => Type.Union([Type.String(), Type.Object({ event: Type.String(), format: Type.String() })]);

/** The channels share all but their events. Its static type leaves the names open: the schema holds them. */
function eventOf(channel: SubscriptionChannel): EventSchema {
  const { events, takesFormats } = SUBSCRIPTION_EVENTS[channel];
  const name = oneOf<string>(events, { title: `${channel}_EVENT` });
  const schema: TSchema = takesFormats
    ? Type.Union([
        name,
        Type.Object({ event: oneOf<string>(events, { title: `${channel}_EVENT` }), format: Type.String() }),
      ])
    : name;
  return schema as EventSchema;
}

const longText = () => Type.String({ maxLength: 255 });

const targets = (channel: SubscriptionChannel) => ({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  events: Type.Array(eventOf(channel), { maxItems: LIST_ITEMS_MAX }),
  criteria: Type.Optional(Type.Array(ApplicationEntityPair, { maxItems: LIST_ITEMS_MAX })),
  resources: Type.Optional(Type.Array(longText(), { maxItems: LIST_ITEMS_MAX })),
  users: Type.Optional(Type.Array(longText(), { maxItems: LIST_ITEMS_MAX })),
});

const subscriptionOf = (channel: SubscriptionChannel) =>
  Type.Object(
    { subscriptionId: resourceId(), ...targets(channel), profile: ProfileRequest },
    { title: `${channel}_SUBSCRIPTION` },
  );

const noIdSubscriptionOf = (channel: SubscriptionChannel) =>
  Type.Object({ ...targets(channel), profile: IdOnlyProfileRequest }, { title: `${channel}_NO_ID_SUBSCRIPTION` });

/** A body fits any channel's branch: an event that the path's channel does not have is without effect, by the document. */
export const SubscriptionRequest = Type.Union(CHANNELS.map(subscriptionOf), { title: "SubscriptionRequest" });
export type SubscriptionRequest = Static<ReturnType<typeof subscriptionOf>>;

export const NoIdSubscriptionRequest = Type.Union(CHANNELS.map(noIdSubscriptionOf), {
  title: "NoIdSubscriptionRequest",
});
export type NoIdSubscriptionRequest = Static<ReturnType<typeof noIdSubscriptionOf>>;

export const IdOnlySubscriptionResponse = Type.Object(
  { subscriptionId: Type.Optional(Type.String()), profile: Type.Optional(IdOnlyProfileResponse) },
  { title: "IdOnlySubscriptionResponse" },
);
export type IdOnlySubscriptionResponse = Static<typeof IdOnlySubscriptionResponse>;

export const SubscriptionResponse = Type.Object(
  {
    subscriptionId: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    profile: Type.Optional(IdOnlyProfileResponse),
    events: Type.Optional(Type.Array(formatAware())),
    criteria: Type.Optional(Type.Array(ApplicationEntityPair)),
    resources: Type.Optional(Type.Array(Type.String())),
    users: Type.Optional(Type.Array(Type.String())),
  },
  { title: "SubscriptionResponse" },
);
export type SubscriptionResponse = Static<typeof SubscriptionResponse>;

export const SubscriptionPage = Type.Object(
  { results: Type.Optional(Type.Array(SubscriptionResponse)), paging: Type.Optional(SubscriptionsPageInfo) },
  { title: "SubscriptionPage" },
);

/** How often a filter may be repeated in one query: all of its values must be there. */
const FILTER_REPEATS_MAX = 100;

const filterText = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const repeatable = (maxLength: number) =>
  Type.Optional(
    Type.Union([filterText(maxLength), Type.Array(filterText(maxLength), { maxItems: FILTER_REPEATS_MAX })]),
  );

export const SubscriptionsQuery = Type.Object(
  {
    ...pageQuery(),
    applicationId: repeatable(255),
    entityId: repeatable(255),
    callsConfigurationId: repeatable(128),
    resource: repeatable(255),
    user: repeatable(255),
  },
  { title: "SubscriptionsQuery" },
);
export type SubscriptionsQuery = Static<typeof SubscriptionsQuery>;

/**
 * Any word: one that is no channel of the document's list is kept and never matches, like those of the list that the
 * platform does not serve. Infobip's own examples name none.
 */
const channelInPath = () => Type.String({ pattern: "^[A-Za-z_]{1,50}$" });

export const SubscriptionChannelPath = Type.Object({ channel: channelInPath() }, { title: "SubscriptionChannelPath" });
export const SubscriptionPath = Type.Object(
  { channel: channelInPath(), subscriptionId: Type.String() },
  { title: "SubscriptionPath" },
);
