/**
 * The numbers on which the sandbox does what a test asks for, in a range that Ofcom keeps for fiction (07700 900000 to
 * 900999), so that none of them is anybody's phone. docs/sandbox.md prints this table, and a test sends to every row.
 */
import { ERROR, STATUS, STATUSES } from "@posthorn/contract";
import type { ReceiptEnd } from "../store/store.ts";
import type { CarrierReceipt } from "../carrier/carrier.ts";
import type { Channel } from "../message/destination.ts";

const PREFIX = "447700900";
const DIGITS = PREFIX.length + 3;

/** How a message ends. */
export interface Outcome extends Pick<CarrierReceipt, "statusId" | "errorId"> {
  readonly state: ReceiptEnd;
}

/** `early`: before the submission is answered. `usual`: after the delivery delay. `late`: a named while after that. */
export type StepTime = "early" | "usual" | "late";

/** Something that happens after the sandbox took a message. */
export interface Step {
  readonly at: StepTime;
  /** The receipt that is given then; null for none. */
  readonly receipt: Outcome | null;
  readonly reachesPhone: boolean;
  /** Its user reads it then. */
  readonly isSeen?: boolean;
}

/**
 * How a submission is answered. `lost`: the message is taken and the answer does not come, the first time. `lost, id
 * known`: so too, but the receipt will bear an id that we know.
 */
export type Answer = "submitted" | "refused" | "throttled" | "lost" | "lost, id known";

export interface MagicDestination {
  readonly number: string;
  /** For the reader of docs/sandbox.md. */
  readonly what: string;
  readonly answer: Answer;
  /** What follows once it is taken. For a refusal, nothing. */
  readonly steps: readonly Step[];
  /** What the customer is told, in this order; the last is how the message stays. */
  readonly reports: readonly Outcome[];
  /** The same, where the sandbox's policy is `hold`, if that makes a difference. */
  readonly reportsOnHold?: readonly Outcome[];
}

/** How often a throttled number says "not now" before it takes a message. */
export const THROTTLED_TIMES = 3;

const DELIVERED: Outcome = {
  state: "delivered",
  statusId: STATUS.DELIVERED_TO_HANDSET,
  errorId: ERROR.NO_ERROR,
};
const NOT_DELIVERED: Outcome = {
  state: "undeliverable",
  statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED,
  errorId: ERROR.EC_ABSENT_SUBSCRIBER,
};
const NEVER_REPORTED: Outcome = {
  state: "expired",
  statusId: STATUS.EXPIRED_DLR_UNKNOWN,
  errorId: ERROR.NO_ERROR,
};

const delivery = (at: StepTime): Step => ({ at, receipt: DELIVERED, reachesPhone: true });
const receipt = (at: StepTime, outcome: Outcome): Step => ({ at, receipt: outcome, reachesPhone: false });

/** What every number does that is not in the table. */
export const ORDINARY_STEPS: readonly Step[] = [delivery("usual")];

type Row = Omit<MagicDestination, "number">;

function taken(what: string, steps: readonly Step[], reports: readonly Outcome[] = [DELIVERED]): Row {
  return { what, answer: "submitted", steps, reports };
}

function endsAs(what: string, outcome: Outcome): Row {
  return taken(what, [receipt("usual", outcome)], [outcome]);
}

/** 500 + the id of a status: the message ends with that status. */
function statusRows(): [number, Row][] {
  const carrierExpired = { state: "expired", statusId: STATUS.EXPIRED_EXPIRED, errorId: ERROR.EC_VP_EXPIRED } as const;
  const silent = { at: "usual", receipt: null, reachesPhone: true } as const;
  const rows: [number, Row][] = [
    [STATUS.EXPIRED_EXPIRED, endsAs("its validity ends at the carrier", carrierExpired)],
    [
      STATUS.EXPIRED_DLR_UNKNOWN,
      taken("reaches the phone and is never reported; ends with its validity", [silent], [NEVER_REPORTED]),
    ],
  ];
  for (const { groupName, id } of STATUSES) {
    if (groupName === "UNDELIVERABLE") {
      const outcome = { state: "undeliverable", statusId: id, errorId: ERROR.EC_UNKNOWN_ERROR } as const;
      rows.push([id, endsAs("fails, by receipt", outcome)]);
    } else if (groupName === "REJECTED") {
      const outcome = { state: "rejected", statusId: id, errorId: ERROR.NO_ERROR } as const;
      rows.push([id, { what: "refused by the carrier at once", answer: "refused", steps: [], reports: [outcome] }]);
    }
  }
  return rows.sort(([one], [other]) => one - other);
}

/** 700 + the id of an error: the message fails with that error. */
function errorRows(): [number, Row][] {
  const handset = [
    ERROR.EC_UNKNOWN_SUBSCRIBER,
    ERROR.EC_ABSENT_SUBSCRIBER_SM,
    ERROR.EC_ROAMING_NOT_ALLOWED,
    ERROR.EC_ILLEGAL_SUBSCRIBER,
    ERROR.EC_TELESERVICE_NOT_PROVISIONED,
    ERROR.EC_CALL_BARRED,
    ERROR.EC_ABSENT_SUBSCRIBER,
    ERROR.EC_SUBSCRIBER_BUSY_FOR_MT_SMS,
    ERROR.EC_SM_DELIVERY_FAILURE,
    ERROR.EC_SYSTEM_FAILURE,
  ];
  const operator = [ERROR.EC_NO_RADIO_RESOURCE_AVAILABLE, ERROR.EC_RESOURCE_LIMITATION, ERROR.EC_UNKNOWN_ALPHABET];
  const row = (errorId: number, statusId: number, what: string): [number, Row] => [
    errorId,
    endsAs(what, { state: "undeliverable", statusId, errorId }),
  ];
  return [
    ...handset.map((id) => row(id, STATUS.UNDELIVERABLE_NOT_DELIVERED, "fails at the phone, by receipt")),
    ...operator.map((id) => row(id, STATUS.UNDELIVERABLE_REJECTED_OPERATOR, "fails at the operator, by receipt")),
  ];
}

const BEHAVIOURS: readonly [number, Row][] = [
  [1, taken("slow: delivered later than others", [delivery("late")])],
  [2, taken("the receipt comes twice", [delivery("usual"), receipt("usual", DELIVERED)])],
  [3, taken("the receipt comes before the carrier's answer to the submission", [delivery("early")])],
  [
    4,
    taken(
      "a receipt says undeliverable, a later one delivered: delivered in the end",
      [receipt("usual", NOT_DELIVERED), delivery("late")],
      [NOT_DELIVERED, DELIVERED],
    ),
  ],
  [
    5,
    taken("a receipt says delivered, a later one undeliverable: stays delivered", [
      delivery("usual"),
      receipt("late", NOT_DELIVERED),
    ]),
  ],
  [
    6,
    {
      what: `"not now" ${THROTTLED_TIMES} times, then delivered`,
      answer: "throttled",
      steps: ORDINARY_STEPS,
      reports: [DELIVERED],
    },
  ],
  [
    7,
    {
      what: "reaches the phone, but the carrier's answer is lost and no receipt comes; sent again, it is delivered",
      answer: "lost",
      steps: ORDINARY_STEPS,
      reports: [DELIVERED],
      reportsOnHold: [NEVER_REPORTED],
    },
  ],
  [
    8,
    {
      what: "reaches the phone, the carrier's answer is lost, and a receipt comes all the same",
      answer: "lost, id known",
      steps: ORDINARY_STEPS,
      reports: [DELIVERED],
    },
  ],
];

const from = (offset: number, rows: readonly [number, Row][]): MagicDestination[] =>
  rows.map(([digits, row]) => ({ number: `${PREFIX}${String(offset + digits).padStart(3, "0")}`, ...row }));

/** Every magic destination, by number. All others of the range are ordinary phones. */
export const MAGIC_DESTINATIONS: readonly MagicDestination[] = [
  ...from(0, [[0, taken("delivered, as on every number that is not in this table", ORDINARY_STEPS)]]),
  ...from(500, statusRows()),
  ...from(
    700,
    errorRows().sort(([one], [other]) => one - other),
  ),
  ...from(900, BEHAVIOURS),
];

/** The one number on which the channels differ, so that an SMS can stand in for a WhatsApp message. */
export const NOT_ON_WHATSAPP: MagicDestination = {
  number: `${PREFIX}909`,
  ...endsAs("is not on WhatsApp: a WhatsApp message fails, an SMS is delivered", {
    state: "undeliverable",
    statusId: STATUS.UNDELIVERABLE_NOT_DELIVERED,
    errorId: ERROR.EC_UNKNOWN_USER,
  }),
};

const BY_NUMBER = new Map(MAGIC_DESTINATIONS.map((destination) => [destination.number, destination]));

/** Undefined for an ordinary number, which costs it no more than a look at its beginning. */
export function magicDestination(destination: string, channel: Channel = "SMS"): MagicDestination | undefined {
  if (destination.length !== DIGITS || !destination.startsWith(PREFIX)) return undefined;
  if (channel === "WHATSAPP" && destination === NOT_ON_WHATSAPP.number) return NOT_ON_WHATSAPP;
  return BY_NUMBER.get(destination);
}
