/** What a send answers for a sender of this table, while the sandbox is enabled. docs/sandbox.md prints it. */
export type SenderFault =
  /** Refused with this HTTP status; nothing is stored. */
  | { readonly kind: "refused"; readonly status: 429 | 500 | 503; readonly retryAfterS?: number }
  /** Stored; then the connection is reset instead of an answer, unless every message was a duplicate. */
  | { readonly kind: "reset" }
  /** Stored; the answer comes late. */
  | { readonly kind: "slow" };

interface MagicSender {
  readonly fault: SenderFault;
  readonly what: string;
}

export const MAGIC_SENDERS: ReadonlyMap<string, MagicSender> = new Map([
  [
    "HTTP429",
    { fault: { kind: "refused", status: 429, retryAfterS: 1 }, what: "429 with `Retry-After`; nothing is stored" },
  ],
  ["HTTP500", { fault: { kind: "refused", status: 500 }, what: "500; nothing is stored" }],
  [
    "HTTP503",
    { fault: { kind: "refused", status: 503, retryAfterS: 1 }, what: "503 with `Retry-After`; nothing is stored" },
  ],
  [
    "RESET",
    {
      fault: { kind: "reset" },
      what: "accepted and stored, then the connection is reset. The same request again, with the same `messageId`, is answered: it was a duplicate. Without a `messageId` every retry is one more message",
    },
  ],
  ["SLOW", { fault: { kind: "slow" }, what: "accepted and stored, and answered after `sandbox.slowAnswerMs`" }],
]);
