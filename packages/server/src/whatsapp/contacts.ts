import { formatDate, type Identity, type Payment, type PaymentTransaction } from "@posthorn/contract";
import type { SubmitConversions, SubmitWabaConversions } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import { change, find, isNumber, isPlayedFor, KIND, mustBeSender, put, type WhatsAppContext } from "./records.ts";
import { identityChanged } from "./notices.ts";
import { byPrefix, EXAMPLES, IDENTITY_HASH, PAYMENT_RULES, PICTURE } from "./rules.ts";
import { startOfDay } from "./senders.ts";

/** Octets of a submission of conversions, of which there may be a thousand; what the details may hold is open. */
const CONVERSIONS_BYTES_MAX = 512 * 1024;

interface IdentityPlace {
  readonly sender: string;
  readonly userNumber: string;
}
interface PaymentPlace {
  readonly sender: string;
  readonly paymentId: string;
}
interface StoredIdentity {
  readonly hash: string;
  readonly createdAt: number;
}

/** What is paid in the sandbox, in hundredths. */
const AMOUNT = { totalAmountValue: 1000, totalAmountOffset: 100 } as const;
const TRANSACTION_STATUS = {
  PENDING: "PENDING",
  CAPTURED: "SUCCESS",
  CANCELED: "CANCELED",
  FAILED: "FAILED",
} as const satisfies Partial<Record<Payment["paymentStatus"], PaymentTransaction["status"]>>;

/** What senders have to do with those who write to them. */
export class ContactDesk {
  readonly #context: WhatsAppContext;

  constructor(context: WhatsAppContext) {
    this.#context = context;
  }

  /** Not acknowledged until it is confirmed. @throws RequestRefused 404 */
  async identity(accountId: number, place: IdentityPlace): Promise<Identity> {
    const id = this.#identityId(accountId, place);
    const kept = await find<StoredIdentity>(this.#context, accountId, KIND.identity, id);
    const { hash, createdAt } = kept ?? { hash: IDENTITY_HASH, createdAt: startOfDay(this.#context.clock.now()) };
    return { acknowledged: kept !== null, hash, createdAt: formatDate(createdAt) };
  }

  /** @throws RequestRefused 404; 409 where the hash is another */
  async confirmIdentity(accountId: number, place: IdentityPlace, hash: string) {
    const id = this.#identityId(accountId, place);
    if (hash !== IDENTITY_HASH) throw new RequestRefused(409, "The hash is not that of the user's identity.");
    const createdAt = startOfDay(this.#context.clock.now());
    await put(this.#context, accountId, KIND.identity, id, { hash, createdAt } satisfies StoredIdentity);
  }

  /** From then on it is not acknowledged. @throws RequestRefused 404 */
  async deleteIdentity(accountId: number, place: IdentityPlace) {
    const id = this.#identityId(accountId, place);
    await change(this.#context, [{ action: "delete", accountId, kind: KIND.identity, id }]);
  }

  /** A user has another device: his identity is acknowledged no more, and whoever wants to know is told. @throws RequestRefused 404 */
  async changeIdentity(accountId: number, { sender, userNumber }: IdentityPlace) {
    mustBeSender(sender);
    const id = `${sender}/${userNumber}`;
    const kept = await find<StoredIdentity>(this.#context, accountId, KIND.identity, id);
    const event = identityChanged(accountId, { sender, userNumber }, this.#context.clock.now());
    const gone = { action: "delete", accountId, kind: KIND.identity, id } as const;
    await change(this.#context, kept === null ? [] : [gone], [event]);
  }

  /** Played by its id. @throws RequestRefused 404 */
  async payment(accountId: number, { sender, paymentId }: PaymentPlace, type: "UPI" | "BR"): Promise<Payment> {
    mustBeSender(sender);
    const paymentStatus = byPrefix(PAYMENT_RULES, paymentId) ?? "CAPTURED";
    const isThere = isPlayedFor(this.#context, accountId, sender) && paymentStatus !== "missing";
    if (!isThere) throw new RequestRefused(404, "Transaction not found");
    const at = formatDate(startOfDay(this.#context.clock.now()));
    const status = paymentStatus === "NEW" || paymentStatus === "UNKNOWN" ? null : TRANSACTION_STATUS[paymentStatus];
    const times = { createdTimestamp: at, updatedTimestamp: at };
    return {
      referenceId: `ref-${paymentId}`,
      paymentId,
      paymentStatus,
      currency: type === "BR" ? "BRL" : "INR",
      ...AMOUNT,
      transactions: status === null ? [] : [{ id: `tx-${paymentId}`, type, status, ...times }],
    };
  }

  /** Phones send what their tests name, and nobody uploads: there is only the one of Infobip's examples. @throws RequestRefused 404 */
  async media(accountId: number, sender: string, mediaId: string): Promise<Buffer> {
    mustBeSender(sender);
    if (!isPlayedFor(this.#context, accountId, sender) || mediaId !== EXAMPLES.mediaId)
      throw new RequestRefused(404, "Media not found");
    return PICTURE;
  }

  /** @throws InvalidRequest; RequestRefused 404 */
  async deleteMedia(accountId: number, sender: string, url: string) {
    mustBeSender(sender);
    if (!URL.canParse(url)) throw new InvalidRequest("url", "must be a URL");
    const mediaId = new URL(url).pathname.split("/").at(-1) ?? "";
    const administration = this.#context.administrationOf(accountId, sender);
    if (administration === null) await this.media(accountId, sender, mediaId);
    else await administration.numbers.deleteMedia(sender, mediaId);
  }

  /** The last submission of each source is kept. */
  async submitConversions(accountId: number, { sourceId = "", conversions }: SubmitConversions) {
    await this.#keep(accountId, `page/${sourceId}`, conversions);
  }

  /** @throws InvalidRequest where the source is no sender */
  async submitWabaConversions(accountId: number, { sourceId, conversions }: SubmitWabaConversions) {
    if (!isNumber(sourceId)) {
      throw new InvalidRequest("sourceId", "Can't find appropriate `sourceId` among registered WABA phone numbers.");
    }
    await this.#keep(accountId, `waba/${sourceId}`, conversions);
  }

  async #keep(accountId: number, id: string, conversions: readonly object[]) {
    if (Buffer.byteLength(JSON.stringify(conversions)) > CONVERSIONS_BYTES_MAX) {
      throw new InvalidRequest("conversions", `must not have more than ${CONVERSIONS_BYTES_MAX} bytes`);
    }
    await put(this.#context, accountId, KIND.conversions, id, conversions);
  }

  #identityId(accountId: number, { sender, userNumber }: IdentityPlace): string {
    mustBeSender(sender);
    if (!isPlayedFor(this.#context, accountId, sender) || !isNumber(userNumber))
      throw new RequestRefused(404, "Identity not found");
    return `${sender}/${userNumber}`;
  }
}
