import { Type, type Static } from "typebox";
import { DateTime, int32, oneOf, shortText } from "../common.ts";
import { BLOCKLIST_DESTINATIONS_MAX, SHORT_TEXT_LENGTH_MAX } from "../limits.ts";

const CREATABLE = ["SMS", "EMAIL", "VIBER", "RCS", "MMS", "WHATSAPP"] as const;
const text = () => Type.String({ minLength: 1, maxLength: SHORT_TEXT_LENGTH_MAX });

export const CreatableChannel = oneOf(CREATABLE, { title: "CreatableChannel" });
export const DeletableChannel = oneOf([...CREATABLE, "APPLE_MB"], { title: "DeletableChannel" });
export const ViewableChannel = oneOf([...CREATABLE, "APPLE_MB", "VOICE_OUTBOUND_TTS", "NEW_PUSH_NOTIF"], {
  title: "ViewableChannel",
});
export type ViewableChannel = Static<typeof ViewableChannel>;

/** How an entry came to be: by hand, by a STOP that was written to us, by a link, by a flow. */
export const BlocklistSource = oneOf(["CUSTOM", "MO", "URL_OPT_OUT", "CAMPAIGN"], { title: "BlocklistSource" });
export type BlocklistSource = Static<typeof BlocklistSource>;

const destinations = () => Type.Array(Type.Object({ to: text() }), { maxItems: BLOCKLIST_DESTINATIONS_MAX });
const shared = { sender: Type.Optional(text()), accountKey: Type.Optional(shortText()) };

/** Body of `POST /platform/1/blocklists`. Without a sender or a channel every one is meant. */
export const BlocklistCreateRequest = Type.Object(
  {
    blocklist: Type.Array(
      Type.Object({ ...shared, destinations: destinations(), channel: Type.Optional(CreatableChannel) }),
      { maxItems: BLOCKLIST_DESTINATIONS_MAX },
    ),
  },
  { title: "BlocklistCreateRequest" },
);
export type BlocklistCreateRequest = Static<typeof BlocklistCreateRequest>;

/** Body of `DELETE /platform/1/blocklists`. Sender and channel must be as they were given; without a source, any. */
export const BlocklistDeleteRequest = Type.Object(
  {
    blocklist: Type.Array(
      Type.Object({
        ...shared,
        destinations: destinations(),
        channel: Type.Optional(DeletableChannel),
        sourceType: Type.Optional(BlocklistSource),
      }),
      { maxItems: BLOCKLIST_DESTINATIONS_MAX },
    ),
  },
  { title: "BlocklistDeleteRequest" },
);
export type BlocklistDeleteRequest = Static<typeof BlocklistDeleteRequest>;

export const BlocklistQuery = Type.Object(
  {
    sender: Type.Optional(text()),
    destination: Type.Optional(text()),
    channel: Type.Optional(ViewableChannel),
    sourceType: Type.Optional(BlocklistSource),
    accountKey: Type.Optional(shortText()),
    getAllAccountKeysBlocklists: Type.Optional(Type.Boolean()),
    createdDateFrom: Type.Optional(DateTime),
    createdDateTo: Type.Optional(DateTime),
    campaign: Type.Optional(text()),
    page: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  },
  { title: "BlocklistQuery" },
);
export type BlocklistQuery = Static<typeof BlocklistQuery>;

/** Answer of `GET /platform/1/blocklists`. `createdDate` ends with `Z` here. */
export const BlocklistGetResponse = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        sender: Type.Optional(Type.String()),
        destination: Type.String(),
        sourceType: BlocklistSource,
        channel: Type.Optional(ViewableChannel),
        accountKey: Type.String(),
        createdDate: DateTime,
        campaign: Type.Optional(Type.String()),
      }),
    ),
    paging: Type.Object({ page: int32(), size: int32(), totalPages: int32(), totalResults: int32() }),
  },
  { title: "BlocklistGetResponse" },
);
export type BlocklistGetResponse = Static<typeof BlocklistGetResponse>;
