/** The rows that every message passes, as they cross between the threads. */
import type {
  DueReport,
  MessageCommon,
  Move,
  NewMessage,
  OutboundMessage,
  Receipt,
  ReportRecord,
  WebhookResult,
} from "../store.ts";
import { type RowShape, shapeOf } from "./packed-rows.ts";

/** What the destinations of a message share. */
export const COMMON = shapeOf(
  19,
  (common: MessageCommon) => [
    common.accountId,
    common.bulkId,
    common.channel,
    common.sender,
    common.text,
    common.encoding,
    common.partCount,
    common.route,
    common.carrier,
    common.acceptedAt,
    common.expiresAt,
    common.callbackData,
    common.applicationId,
    common.entityId,
    common.campaignReferenceId,
    common.webhookUrl,
    common.webhookKind,
    common.wantsReport,
    common.options,
  ],
  (values) => ({
    accountId: values[0],
    bulkId: values[1],
    channel: values[2],
    sender: values[3],
    text: values[4],
    encoding: values[5],
    partCount: values[6],
    route: values[7],
    carrier: values[8],
    acceptedAt: values[9],
    expiresAt: values[10],
    callbackData: values[11],
    applicationId: values[12],
    entityId: values[13],
    campaignReferenceId: values[14],
    webhookUrl: values[15],
    webhookKind: values[16],
    wantsReport: values[17],
    options: values[18],
  }),
);

/** @param commons those of the messages, each once; where they are put together, as they came */
export function messageShape(commons: MessageCommon[]) {
  const numberOf = (common: MessageCommon): number => {
    if (commons.at(-1) !== common) commons.push(common);
    return commons.length - 1;
  };
  return shapeOf(
    7,
    (message: NewMessage) => [
      numberOf(message.common),
      message.messageId,
      message.destination,
      message.state,
      message.statusId,
      message.errorId,
      message.dueAt,
    ],
    (values) => ({
      common: commons[values[0]] as MessageCommon,
      messageId: values[1],
      destination: values[2],
      state: values[3],
      statusId: values[4],
      errorId: values[5],
      dueAt: values[6],
    }),
  );
}

export const OUTBOUND = shapeOf(
  13,
  (message: OutboundMessage) => [
    message.seq,
    message.accountId,
    message.attempts,
    message.messageId,
    message.channel,
    message.sender,
    message.destination,
    message.text,
    message.encoding,
    message.partCount,
    message.options,
    message.expiresAt,
    message.possibleDuplicate,
  ],
  (values) => ({
    seq: values[0],
    accountId: values[1],
    attempts: values[2],
    messageId: values[3],
    channel: values[4],
    sender: values[5],
    destination: values[6],
    text: values[7],
    encoding: values[8],
    partCount: values[9],
    options: values[10],
    expiresAt: values[11],
    possibleDuplicate: values[12],
  }),
);

export const MOVE = shapeOf(
  17,
  (move: Move) => [
    move.seq,
    move.from,
    move.attempts,
    move.to,
    move.statusId,
    move.errorId,
    move.at,
    move.doneAt ?? null,
    move.dueAt ?? null,
    move.checkAt ?? null,
    move.carrierMessageId ?? null,
    move.partIds ?? null,
    move.spelledIds ?? null,
    move.submittedAt ?? null,
    move.doubt ?? null,
    move.expiresAt ?? null,
    move.intermediateReport ?? null,
  ],
  (values) => ({
    seq: values[0],
    from: values[1],
    attempts: values[2],
    to: values[3],
    statusId: values[4],
    errorId: values[5],
    at: values[6],
    doneAt: values[7] ?? undefined,
    dueAt: values[8] ?? undefined,
    checkAt: values[9] ?? undefined,
    carrierMessageId: values[10] ?? undefined,
    partIds: values[11] ?? undefined,
    spelledIds: values[12] ?? undefined,
    submittedAt: values[13] ?? undefined,
    doubt: values[14] ?? undefined,
    expiresAt: values[15] ?? undefined,
    intermediateReport: values[16] ?? undefined,
  }),
);

export const RECEIPT = shapeOf(
  14,
  (receipt: Receipt) => [
    receipt.carrier,
    receipt.carrierMessageId,
    receipt.otherIds ?? null,
    receipt.destination ?? null,
    receipt.otherDestination ?? null,
    receipt.reference ?? null,
    receipt.state,
    receipt.statusId,
    receipt.errorId,
    receipt.doneAt,
    receipt.seenAt ?? null,
    receipt.answered?.seq ?? null,
    receipt.answered?.attempts ?? 0,
    receipt.answered?.submittedAt ?? 0,
  ],
  (values) => ({
    carrier: values[0],
    carrierMessageId: values[1],
    otherIds: values[2] ?? undefined,
    destination: values[3] ?? undefined,
    otherDestination: values[4] ?? undefined,
    reference: values[5] ?? undefined,
    state: values[6],
    statusId: values[7],
    errorId: values[8],
    doneAt: values[9],
    seenAt: values[10] ?? undefined,
    answered: values[11] === null ? undefined : { seq: values[11], attempts: values[12], submittedAt: values[13] },
  }),
);

export const REPORT = shapeOf(
  23,
  (report: DueReport) => [
    report.id,
    report.accountId,
    report.url,
    report.origin,
    report.attempts,
    report.subscription,
    report.receiverFailures,
    report.kind,
    report.message.messageId,
    report.message.bulkId,
    report.message.sender,
    report.message.destination,
    report.message.partCount,
    report.message.state,
    report.message.statusId,
    report.message.errorId,
    report.message.doubt,
    report.message.sentAt,
    report.message.doneAt,
    report.message.callbackData,
    report.message.applicationId,
    report.message.entityId,
    report.message.campaignReferenceId,
  ],
  (values) => {
    const message: ReportRecord = {
      messageId: values[8],
      bulkId: values[9],
      sender: values[10],
      destination: values[11],
      partCount: values[12],
      state: values[13],
      statusId: values[14],
      errorId: values[15],
      doubt: values[16],
      sentAt: values[17],
      doneAt: values[18],
      callbackData: values[19],
      applicationId: values[20],
      entityId: values[21],
      campaignReferenceId: values[22],
    };
    return {
      id: values[0],
      accountId: values[1],
      url: values[2],
      origin: values[3],
      attempts: values[4],
      subscription: values[5],
      receiverFailures: values[6],
      kind: values[7],
      message,
    };
  },
);

/** Which of them there are depends on the outcome. */
type ResultFacts = Partial<Pick<Extract<WebhookResult, { outcome: "retry" }>, "at" | "dueAt" | "error" | "attempt">>;

export const WEBHOOK_RESULT: RowShape<WebhookResult> = {
  width: 6,
  valuesOf(result) {
    const { at, dueAt, error, attempt }: ResultFacts = result;
    return [result.id, result.outcome, at ?? null, dueAt ?? null, error ?? null, attempt ?? null];
  },
  rowOf: (values) =>
    ({
      id: values[0],
      outcome: values[1],
      at: values[2] ?? undefined,
      dueAt: values[3] ?? undefined,
      error: values[4] ?? undefined,
      attempt: values[5] ?? undefined,
    }) as WebhookResult,
};
