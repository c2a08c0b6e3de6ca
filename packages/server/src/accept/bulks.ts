/** What a customer may do to a bulk after it was accepted: see when it leaves, move it, hold it, cancel it. */
import {
  type BulkRequest,
  type BulkResponse,
  type BulkStatusResponse,
  ERROR,
  formatDate,
  STATUS,
  type UpdateStatusRequest,
} from "@posthorn/contract";
import type { Clock } from "../kernel/clock.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type { BulkChanged, BulkRecord, Store } from "../store/store.ts";
import { sendAtOf } from "./sms-request.ts";

export interface BulkContext {
  readonly store: Pick<Store, "findBulk" | "changeBulkStatus" | "rescheduleBulk">;
  readonly clock: Clock;
  /** Messages may leave earlier than they could before. */
  readonly onFreed: () => void;
  /** Reports were born. */
  readonly onReports: () => void;
}

/** A canceled message ends like this (facts: section 3.5). */
const CANCELED = { statusId: STATUS.CANCELLED, errorId: ERROR.EC_MESSAGE_CANCELED } as const;

/** `GET /sms/1/bulks`. @throws RequestRefused 404 */
export async function showBulk(context: BulkContext, accountId: number, bulkId: string): Promise<BulkResponse> {
  return scheduleOf(await findBulk(context, accountId, bulkId));
}

/** `GET /sms/1/bulks/status`. @throws RequestRefused 404 */
export async function showBulkStatus(
  context: BulkContext,
  accountId: number,
  bulkId: string,
): Promise<BulkStatusResponse> {
  return statusOf(await findBulk(context, accountId, bulkId));
}

/**
 * `PUT /sms/1/bulks`: what has not left is to leave at another time. Answers the time that the bulk has afterwards,
 * which is the one it had where all of it has left.
 *
 * @throws RequestRefused 400, 404; InvalidRequest for a date too far ahead
 */
export async function rescheduleBulk(
  context: BulkContext,
  accountId: number,
  bulkId: string,
  request: BulkRequest,
): Promise<BulkResponse> {
  const { store, clock } = context;
  const sendAt = sendAtOf(request.sendAt, clock.now(), "sendAt");
  const bulk = await changeAll(
    (after) => store.rescheduleBulk({ accountId, bulkId, sendAt, now: clock.now(), after }),
    ({ status }) => `A bulk that is ${status} can not be rescheduled`,
  );
  context.onFreed();
  return scheduleOf(bulk);
}

/** `PUT /sms/1/bulks/status`. @throws RequestRefused 400, 404 */
export async function updateBulkStatus(
  context: BulkContext,
  accountId: number,
  bulkId: string,
  { status: to }: UpdateStatusRequest,
): Promise<BulkStatusResponse> {
  const { store, clock } = context;
  const bulk = await changeAll(
    (after) => store.changeBulkStatus({ accountId, bulkId, to, canceled: CANCELED, now: clock.now(), after }),
    ({ status }) => `A bulk that is ${status} can not become ${to}`,
  );
  if (to === "CANCELED") context.onReports();
  else if (to !== "PAUSED") context.onFreed();
  return statusOf(bulk);
}

async function findBulk({ store, clock }: BulkContext, accountId: number, bulkId: string): Promise<BulkRecord> {
  return found(await store.findBulk(accountId, bulkId, clock.now()));
}

/** As many commits as the bulk needs: one, unless requests with thousands of messages shared its id. */
async function changeAll(
  change: (after: number) => Promise<BulkChanged>,
  refusalOf: (bulk: BulkRecord) => string,
): Promise<BulkRecord> {
  for (let after = 0; ; ) {
    const changed = await change(after);
    const bulk = found(changed.bulk);
    if (!changed.isAllowed) throw new RequestRefused(400, refusalOf(bulk));
    if (changed.next === null) return bulk;
    after = changed.next;
  }
}

function found(bulk: BulkRecord | null): BulkRecord {
  if (bulk === null) throw new RequestRefused(404, "Bulk not found");
  return bulk;
}

function scheduleOf({ bulkId, sendAt }: BulkRecord): BulkResponse {
  return { bulkId, sendAt: formatDate(sendAt) };
}

function statusOf({ bulkId, status }: BulkRecord): BulkStatusResponse {
  return { bulkId, status };
}
