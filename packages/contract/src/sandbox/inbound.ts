import { Type, type Static } from "typebox";
import { DateTime, int32 } from "../common.ts";
import { FILTER_LENGTH_MAX, SHORT_TEXT_LENGTH_MAX, SMS_TEXT_LENGTH_MAX } from "../limits.ts";
import { WhatsAppInboundContent } from "../whatsapp/inbound.ts";
import { DlrContact } from "../whatsapp/reports.ts";

const PART_COUNT_MAX = 255;

/** What a virtual phone writes. Posthorn's own, not Infobip's. */
const written = {
  /** Needed, unless there is a `message`. */
  text: Type.Optional(Type.String({ minLength: 1, maxLength: SMS_TEXT_LENGTH_MAX })),
  /** A text of several parts arrives part by part, as most carriers hand it over; else whole. */
  inParts: Type.Optional(Type.Boolean()),
  /** The carrier's own id: the same again is the same message, handed over twice. */
  carrierMessageId: Type.Optional(Type.String({ minLength: 1, maxLength: FILTER_LENGTH_MAX })),
  /** On WhatsApp: what is sent in place of a text. */
  message: Type.Optional(WhatsAppInboundContent),
  /** On WhatsApp: who the user is. Absent: a virtual phone of the number, or of the user id. */
  contact: Type.Optional(DlrContact),
};

/** Body of `POST /sandbox/messages/{messageId}/reply`: by the channel of that message. */
export const SandboxReply = Type.Object(written, { title: "SandboxReply" });
export type SandboxReply = Static<typeof SandboxReply>;

const address = () => Type.String({ minLength: 1, maxLength: SHORT_TEXT_LENGTH_MAX });

/** Body of `POST /sandbox/inbound`. With `part`, `text` is this one part of a longer message. */
export const SandboxInbound = Type.Object(
  {
    /** Absent: SMS. */
    channel: Type.Optional(Type.Enum(["SMS", "WHATSAPP"])),
    from: address(),
    to: address(),
    ...written,
    part: Type.Optional(
      Type.Object({ reference: int32(0, 65_535), number: int32(1, PART_COUNT_MAX), count: int32(2, PART_COUNT_MAX) }),
    ),
  },
  { title: "SandboxInbound" },
);
export type SandboxInbound = Static<typeof SandboxInbound>;

/** Answer of both, when what came is on disk. */
export const SandboxInboundTaken = Type.Object(
  { from: Type.String(), to: Type.String(), partCount: int32() },
  { title: "SandboxInboundTaken" },
);
export type SandboxInboundTaken = Static<typeof SandboxInboundTaken>;

/** Answer of `POST /sandbox/messages/{messageId}/seen`, when that is on disk. */
export const SandboxSeen = Type.Object({ messageId: Type.String(), seenAt: DateTime }, { title: "SandboxSeen" });
export type SandboxSeen = Static<typeof SandboxSeen>;

/** Body of `POST /sandbox/identity-changes`: a user of WhatsApp has a new device. */
export const SandboxIdentityChange = Type.Object(
  { from: address(), to: address() },
  { title: "SandboxIdentityChange" },
);
export type SandboxIdentityChange = Static<typeof SandboxIdentityChange>;
