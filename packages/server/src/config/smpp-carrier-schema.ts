import { COMMAND_STATUS } from "@posthorn/smpp";
import { type Static, Type } from "typebox";
import {
  choice,
  DAY_MS,
  type DeepReadonly,
  flag,
  HOUR_MS,
  integer,
  listOf,
  members,
  optionalInteger,
  text,
  words,
} from "./schema-kit.ts";
import { SECRET_REFERENCE } from "./secret.ts";

/** A carrier that speaks SMPP 3.4: whom to bind to, how fast, and in which form it takes and reports messages. */

const MINUTE_MS = 60_000;
/** 3GPP and SMPP leave the rest of an octet to come. */
const TON_MAX = 7;
const NPI_MAX = 31;
const OCTET_MAX = 255;
const STATUS_ID_MAX = 999;
/** From 7000 on are errors of chat channels, which a report of an SMS cannot have. */
const ERROR_ID_MAX = 6999;

const octet = (description: string, unit: string, fallback: number, maximum: number) =>
  integer(description, { unit, default: fallback, minimum: 0, maximum });
const milliseconds = (description: string, fallback: number, minimum: number, maximum: number) =>
  integer(description, { unit: "ms", default: fallback, minimum, maximum });
const requiredInteger = (description: string, unit: string, minimum: number, maximum: number) =>
  Type.Integer({ description, unit, minimum, maximum });
const file = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }));

const STATUS_NAMES = Object.keys(COMMAND_STATUS).join("|");

/** @param asDigits also a plain number, which YAML makes of 0x58 */
const commandStatus = (description: string) =>
  words(
    description,
    "a command_status: a number such as 0x58, or a name such as RTHROTTLED",
    `^(?:[0-9]{1,10}|0x[0-9A-Fa-f]{1,8}|(?:ESME_)?(?:${STATUS_NAMES}))$`,
    { digits: true },
  );

const tls = Type.Object(
  {
    enabled: flag("Whether the connection begins with TLS.", true),
    ca: file(
      "File with the certificates that the carrier's must come from, as PEM. Absent: those that Node.js trusts.",
    ),
    cert: file("File with our own certificate and its chain, as PEM, where the carrier asks for one."),
    key: file("File with the private key of that certificate, as PEM."),
    serverName: Type.Optional(
      words("The name that the carrier's certificate must have. Absent: the host.", "a host's name", "^[^\\s/]+$"),
    ),
    isVerified: flag("Whether the carrier's certificate is checked. Without it anybody in between can listen.", true),
  },
  {
    additionalProperties: false,
    shorthand: "enabled",
    description: "TLS from the first octet on. true or false alone will do. Absent: none.",
  },
);

const sender = members(
  {
    match: words(
      "Senders that it is for; case counts, * stands for any text.",
      "a sender, * for any text in it",
      "^.+$",
      {
        digits: true,
      },
    ),
    as: Type.Optional(
      words(
        "The sender that is written in its place.",
        "1 to 20 characters of Latin-1",
        "^[ -~\\u00a0-\\u00ff]{1,20}$",
        {
          digits: true,
        },
      ),
    ),
    ton: optionalInteger("source_addr_ton. Absent: by the kind of the sender.", "type of number", 0, TON_MAX),
    npi: optionalInteger("source_addr_npi. Absent: by the kind of the sender.", "numbering plan", 0, NPI_MAX),
  },
  "A rule about senders.",
);

const tlv = members(
  {
    tag: requiredInteger("Its tag, such as 0x1401.", "tag", 1, 0xffff),
    hex: Type.Optional(words("Its value in octets.", "pairs of hexadecimal digits in quotes", "^(?:[0-9A-Fa-f]{2})*$")),
    text: Type.Optional(
      words("Its value as Latin-1 with a final NUL.", "characters of Latin-1, in quotes", "^[ -~\\u00a0-\\u00ff]*$"),
    ),
    integer: optionalInteger("Its value as a number.", "value", 0, 2 ** 32 - 1),
    octets: optionalInteger("Octets that this number is written with. Absent: 1.", "octets", 1, 4),
  },
  "An optional parameter that every submit_sm has: one of hex, text and integer.",
);

const error = members(
  {
    commandStatus: commandStatus("The command_status that the carrier answers a submit_sm with."),
    as: Type.Enum(["throttled", "temporary", "permanent", "bind-fault"] as const, {
      description:
        "What it means. throttled: slow down, the same message again; temporary: again later; permanent: never; bind-fault: something is wrong with the bind, not with the message.",
    }),
    statusId: optionalInteger(
      "Infobip's status of the message, of group UNDELIVERABLE or REJECTED, for permanent. Absent: 4, UNDELIVERABLE_REJECTED_OPERATOR.",
      "status id",
      1,
      STATUS_ID_MAX,
    ),
    errorId: optionalInteger(
      "Infobip's error. Absent: what the command_status itself means.",
      "error id",
      0,
      ERROR_ID_MAX,
    ),
  },
  "What an answer of the carrier means, where it differs from the specification.",
);

const receiptError = members(
  {
    err: words("What stands behind err: in a receipt; leading zeros do not count.", "a word", "^\\S{1,32}$", {
      digits: true,
    }),
    errorId: requiredInteger("Infobip's error.", "error id", 0, ERROR_ID_MAX),
  },
  "What the carrier's own numbers in receipts mean.",
);

const NOTATIONS = ["auto", "raw", "hex", "decimal"] as const;
const messageIds = members(
  {
    answers: choice("The notation of ids in answers. auto: as they are.", [...NOTATIONS], "auto"),
    receipts: choice(
      "The notation of ids in receipts. auto: that of the answers, or another one, which is found out.",
      [...NOTATIONS],
      "auto",
    ),
  },
  "How the carrier writes ids of messages. Absent: auto for both.",
);

const inboundNumbers = members(
  {
    unknownTon: choice(
      "What a number of 8 digits or more is whose type is not given (TON 0).",
      ["international", "national"],
      "international",
    ),
    countryCode: Type.Optional(
      words("The country code that is put before national numbers.", "1 to 4 digits", "^[1-9][0-9]{0,3}$", {
        digits: true,
      }),
    ),
  },
  "Numbers in messages from phones. Absent: numbers without a type are international, national ones stay as they are.",
);

const LINK_MEMBERS = {
  host: words("Name or address of the carrier's message centre.", "a host's name or address", "^[^\\s/]+$"),
  port: integer("Its TCP port.", { unit: "TCP port", default: 2775, minimum: 1, maximum: 65_535 }),
  tls: Type.Optional(tls),
  systemId: words("The name to bind with.", "1 to 15 characters of ASCII", "^[!-~]{1,15}$"),
  password: Type.Object(SECRET_REFERENCE.properties, {
    ...SECRET_REFERENCE,
    description: "Where the password to bind with is: one of the two.",
  }),
  systemType: text("system_type of the bind.", "", { pattern: "^[ -~]{0,12}$", rule: "up to 12 characters of ASCII" }),
  addressRange: text("address_range of the bind.", "", {
    pattern: "^[ -~]{0,40}$",
    rule: "up to 40 characters of ASCII",
  }),
  bindAs: choice(
    "Whether a link is one bind, or one for each direction.",
    ["transceiver", "transmitter-and-receiver"],
    "transceiver",
  ),
  links: integer("Links at a time.", { unit: "links", default: 1, minimum: 1, maximum: 64 }),
  windowSize: integer("submit_sm on one link that wait for their answer.", {
    unit: "requests",
    default: 10,
    minimum: 1,
    maximum: 1000,
  }),
  throughputPerSecond: integer("submit_sm a second on one link at most. 0: as fast as the carrier answers.", {
    unit: "requests a second",
    default: 0,
    minimum: 0,
    maximum: 100_000,
  }),
  connectTimeoutMs: milliseconds("How long connecting may take, TLS included.", 10_000, 100, 10 * MINUTE_MS),
  bindTimeoutMs: milliseconds("How long the answer to a bind may take.", 10_000, 100, 10 * MINUTE_MS),
  responseTimeoutMs: milliseconds(
    "How long the answer to a submit_sm may take before the message is uncertain; shorter than dispatch.leaseMs.",
    30_000,
    100,
    HOUR_MS,
  ),
  enquireLinkIntervalMs: milliseconds(
    "Quiet time after which we ask whether the carrier is still there.",
    30_000,
    100,
    HOUR_MS,
  ),
  reconnectMinMs: milliseconds("Pause before the first try to bind again; it doubles with each.", 1000, 10, HOUR_MS),
  reconnectMaxMs: milliseconds("Longest such pause.", 15_000, 10, DAY_MS),
  uncertain: choice(
    "What happens to a message whose answer was lost. hold: it waits for its receipt; resend: it is sent again, and may arrive twice.",
    ["hold", "resend"],
    "hold",
  ),
  canQuery: flag("Whether the carrier answers query_sm, so that it can be asked how messages ended.", false),
};

const SUBMIT_MEMBERS = {
  serviceType: text("service_type of each message.", "", {
    pattern: "^[ -~]{0,5}$",
    rule: "up to 5 characters of ASCII",
  }),
  esmClassMode: octet(
    "Messaging mode in esm_class: 0 the carrier's own, 1 datagram, 2 forward, 3 store and forward.",
    "mode",
    0,
    3,
  ),
  protocolId: octet("protocol_id.", "protocol", 0, OCTET_MAX),
  priority: octet("priority_flag.", "level", 0, 3),
  registeredDelivery: choice(
    "Receipts that are asked for. none: a message ends as DELIVERED_TO_OPERATOR when the carrier takes it.",
    ["final", "final-and-intermediate", "none"],
    "final",
  ),
  validity: choice(
    "How the end of a message's validity is told. relative: the time left; absolute: the time of day, which needs clocks that agree; none: the carrier's own.",
    ["relative", "absolute", "none"],
    "relative",
  ),
  senders: Type.Optional(
    listOf(
      sender,
      "What senders are written as. The first rule that fits counts. Absent: names 5/0, numbers 1/1, short codes 3/0.",
    ),
  ),
  destinationTon: octet("dest_addr_ton.", "type of number", 1, TON_MAX),
  destinationNpi: octet("dest_addr_npi.", "numbering plan", 1, NPI_MAX),
  alphabet0: choice(
    "What data_coding 0 means to the carrier: septets one to an octet, packed septets, Latin-1 or ASCII. What it cannot carry goes as UCS-2.",
    ["gsm7", "gsm7packed", "latin1", "ascii"],
    "gsm7",
  ),
  flash: choice(
    "How a flash message is marked: data_coding 0x10 and 0x18, or the optional parameter dest_addr_subunit.",
    ["dataCoding", "subunit"],
    "dataCoding",
  ),
  longMessages: choice(
    "How a longer message is sent: parts with a reference of 8 or 16 bits in a header, parts with sar parameters, or whole in message_payload.",
    ["udh8", "udh16", "sar", "payload"],
    "udh8",
  ),
  nationalTables: flag(
    "Whether the carrier passes on national tables. Without it what needs them goes as plain GSM 7 or UCS-2.",
    false,
  ),
  userMessageReference: flag(
    "Whether each submit_sm carries user_message_reference, which some carriers give back in receipts.",
    true,
  ),
  tlvs: Type.Optional(listOf(tlv, "Optional parameters of every submit_sm.")),
};

const ANSWER_MEMBERS = {
  errors: Type.Optional(listOf(error, "Answers that mean something else to this carrier.")),
  receiptErrors: Type.Optional(listOf(receiptError, "What err: in this carrier's receipts means.")),
  messageIds: Type.Optional(messageIds),
  receiptTimeZone: text("How far the times in receipts are ahead of UTC.", "+00:00", {
    pattern: "^[+-](?:0[0-9]|1[0-4]):[0-5][0-9]$",
    rule: "+hh:mm or -hh:mm",
  }),
  receiptPhone: choice(
    "Which address of a receipt is the phone. source, as the specification has it; destination, where the carrier keeps the message's order; auto: either of them, where both are numbers; none that can be relied on.",
    ["auto", "source", "destination", "none"],
    "auto",
  ),
  isReceiptKnownByText: flag(
    "Whether a message that reads like a receipt is one, although its esm_class does not say so.",
    false,
  ),
  inboundNumbers: Type.Optional(inboundNumbers),
};

export const smppCarrier = members(
  {
    type: Type.Literal("smpp", { description: "What kind of carrier it is." }),
    channels: Type.Optional(
      listOf(Type.Enum(["SMS"] as const, { description: "A channel." }), "Channels that it is used for."),
    ),
    ...LINK_MEMBERS,
    ...SUBMIT_MEMBERS,
    ...ANSWER_MEMBERS,
  },
  "A carrier that speaks SMPP 3.4; we bind to it.",
);

export type SmppCarrierEntry = DeepReadonly<Static<typeof smppCarrier>>;
