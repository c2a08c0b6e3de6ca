import {
  ERROR,
  formatDate,
  messageError,
  messageStatus,
  type NcLogResponse,
  type NcLogsQuery,
  type NcNotifyRequest,
  type NcQueryRequest,
  type NcResponse,
  type NcResponseAsync,
  type NcResponseDetails,
  parseDate,
  STATUS,
} from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import type { IdGenerator } from "../kernel/ids.ts";
import { parseDestination } from "../message/destination.ts";
import type { LookupFilter, NumberLookup, Store } from "../store/store.ts";
import { planOf } from "./number-plan.ts";

/** Infobip clips longer ones and says so in its document. */
const TO_CLIPPED_LENGTH = 256;
const LOG_REACH_MS = 48 * 3_600_000;
const LIMIT_DEFAULT = 50;

export interface NumberLookupOptions {
  readonly store: Pick<Store, "insertLookups" | "findLookups">;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly currency: string;
  /** Absent, or an http(s) URL. @throws InvalidRequest naming `property` */
  readonly requireUrl: (url: string | undefined, property: string) => string | null;
  /** Results are due to be pushed. */
  readonly onEvents: () => void;
}

/** `POST /number/1/query`. */
export async function queryNumbers(
  options: NumberLookupOptions,
  accountId: number,
  { to }: NcQueryRequest,
): Promise<NcResponse> {
  const { bulkId, lookups } = lookUpAll(options, accountId, to);
  await options.store.insertLookups(
    lookups.map(({ record }) => record),
    [],
  );
  return { results: lookups.map(({ details }) => details), bulkId };
}

/** `POST /number/1/notify`: the same, pushed. Without a URL the results are in the log alone. */
export async function notifyNumbers(
  options: NumberLookupOptions,
  accountId: number,
  { to, notifyUrl }: NcNotifyRequest,
): Promise<NcResponseAsync> {
  const url = options.requireUrl(notifyUrl, "notifyUrl");
  const { bulkId, lookups } = lookUpAll(options, accountId, to);
  const events = lookups.map(({ details, record }) => ({
    accountId,
    kind: "NUMBER_LOOKUP" as const,
    url: url ?? "",
    body: JSON.stringify({ ...details, messageId: record.messageId, bulkId }),
    createdAt: record.createdAt,
  }));
  await options.store.insertLookups(
    lookups.map(({ record }) => record),
    url === null ? [] : events,
  );
  if (url !== null) options.onEvents();
  const status = messageStatus(STATUS.PENDING_WAITING_DELIVERY);
  return {
    results: lookups.map(({ record }) => ({
      to: record.destination,
      status: { ...status, description: "The result follows" },
      messageId: record.messageId,
    })),
    bulkId,
  };
}

/** `GET /number/1/logs`: of the last two days, the newest first. */
export async function findNumberLogs(
  { store, clock, currency }: NumberLookupOptions,
  accountId: number,
  query: NcLogsQuery,
): Promise<NcLogResponse> {
  // No lookup has a network, so none is of that one.
  if (query.mcc !== undefined) return { results: [] };
  const rows = await store.findLookups({ ...filterOf(query, clock.now()), accountId });
  return {
    results: rows.map(({ bulkId, messageId, destination, result, createdAt }) => {
      const { status, error } = JSON.parse(result) as NcResponseDetails;
      return {
        bulkId,
        messageId,
        to: destination,
        sentAt: formatDate(createdAt),
        doneAt: formatDate(createdAt),
        price: { currency, pricePerLookup: 0 },
        ...(status === undefined ? {} : { status }),
        ...(error === undefined ? {} : { error }),
      };
    }),
  };
}

function filterOf(query: NcLogsQuery, now: number): Omit<LookupFilter, "accountId"> {
  const { sentSince, sentUntil, bulkId, messageId, generalStatus, limit = LIMIT_DEFAULT } = query;
  const since = sentSince === undefined ? 0 : (parseDate(sentSince) ?? 0);
  return {
    since: Math.max(since, now - LOG_REACH_MS),
    until: sentUntil === undefined ? now + 1 : (parseDate(sentUntil) ?? now + 1),
    limit,
    ...(query.to === undefined ? {} : { destination: addressOf(query.to).to }),
    ...(bulkId === undefined ? {} : { bulkIds: listOf(bulkId) }),
    ...(messageId === undefined ? {} : { messageIds: listOf(messageId) }),
    ...(generalStatus === undefined ? {} : { statusGroup: generalStatus }),
  };
}

function listOf(value: string | readonly string[]): readonly string[] {
  return [value].flat().flatMap((text) => text.split(","));
}

interface Lookup {
  readonly details: NcResponseDetails;
  readonly record: NumberLookup;
}

function lookUpAll({ clock, ids }: NumberLookupOptions, accountId: number, to: readonly string[]) {
  const bulkId = ids.next();
  const createdAt = clock.now();
  const lookups = to.map((text): Lookup => {
    const details = lookUp(text.slice(0, TO_CLIPPED_LENGTH).toWellFormed());
    const record = {
      accountId,
      bulkId,
      messageId: ids.next(),
      destination: details.to ?? "",
      statusGroup: details.status?.groupName ?? "",
      result: JSON.stringify(details),
      createdAt,
    };
    return { details, record };
  });
  return { bulkId, lookups };
}

function addressOf(text: string): { to: string; statusId: number | null } {
  const parsed = parseDestination("SMS", text);
  return "address" in parsed ? { to: parsed.address, statusId: null } : { to: text, statusId: STATUS[parsed.refusal] };
}

/**
 * Read from the numbering plans alone. No network is asked, so nothing is said of what only a network knows: whether
 * the number is in use and reachable, ported or roaming, its operator and its IMSI.
 */
function lookUp(text: string): NcResponseDetails {
  const { to, statusId } = addressOf(text);
  const plan = statusId === null ? planOf(to) : null;
  if (plan === null) {
    const status = messageStatus(statusId ?? STATUS.REJECTED_DESTINATION);
    return { to, status, error: messageError(ERROR.EC_INVALID_DESTINATION_ADDRESS) };
  }
  const { countryPrefix, countryName, kind } = plan;
  const what = `${kind === null ? "Valid number" : `Valid ${kind} number`}${countryName === null ? "" : ` (${countryName})`}`;
  return {
    to,
    originalNetwork: { ...(countryName === null ? {} : { countryName }), countryPrefix },
    status: {
      // Of all statuses the one that claims nothing: neither that the phone was reached, nor that it was not.
      ...messageStatus(STATUS.EXPIRED_DLR_UNKNOWN),
      description: `${what}; whether its phone can be reached is not known`,
    },
    error: {
      ...messageError(ERROR.NO_ERROR),
      groupName: "Ok",
      description: "No network was asked: reachability, operator, porting, roaming and IMSI are not known",
    },
  };
}
