import { createPublicKey, type KeyObject } from "node:crypto";
import { type AddSender, type BusinessInfo, type CallingPermission, formatDate } from "@posthorn/contract";
import type { SenderAdded, SenderPublicKey, SenderQuality, UpdateBusinessInfo } from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import type {
  CodeRequest,
  Logo,
  NumberAdministration,
  SenderAdministration,
} from "../carrier/sender-administration.ts";
import { addToCarrier, carriedQuality, requestCode } from "./carried-senders.ts";
import { accountOf } from "./carried-templates.ts";
import { find, isNumber, isPlayedFor, KIND, mustBeSender, put } from "./records.ts";
import type { StoredSender, WhatsAppContext } from "./records.ts";
import { byEnding, CALLING_RULES, CODE_WRONG, PICTURE, PICTURE_TYPE, QUALITY_RULES } from "./rules.ts";
import { QUALITY_UNKNOWN, QUALITY_UNVERIFIED, QUALITY_USUAL } from "./rules.ts";

/** Senders of one question; Infobip's document states it. */
const SENDERS_MAX = 100;
const KEY_BITS = 2048;
const PUBLIC_KEY_PEM = /^-----BEGIN (RSA )?PUBLIC KEY-----[\s\S]+-----END (RSA )?PUBLIC KEY-----\s*$/;
/** How long a user's temporary permission to be called holds; WhatsApp's own rule. */
const TEMPORARY_PERMISSION_MS = 7 * 24 * 3_600_000;
const LOGO_ENDING_REFUSED = /\.(gif|webp|svg|bmp)(\?|#|$)/i;

interface StoredInfo extends Omit<BusinessInfo, "displayName"> {
  readonly logoUrl?: string;
}

const INFO_EMPTY: StoredInfo = {
  about: "",
  address: "",
  description: "",
  email: "",
  vertical: "UNKNOWN",
  websites: [],
};

/** What senders are and say of themselves. */
export class SenderDesk {
  readonly #context: WhatsAppContext;

  constructor(context: WhatsAppContext) {
    this.#context = context;
  }

  /** Of those that may be senders, each once. @throws InvalidRequest */
  async quality(accountId: number, value: string | readonly string[]): Promise<{ results: readonly SenderQuality[] }> {
    const senders = new Set([value].flat().flatMap((text) => text.split(",").map((item) => item.trim())));
    senders.delete("");
    if (senders.size === 0 || senders.size > SENDERS_MAX) {
      throw new InvalidRequest("senders", `size must be between 1 and ${SENDERS_MAX}`);
    }
    const results: SenderQuality[] = [];
    for (const sender of [...senders].filter(isNumber)) {
      const administration = this.#context.administrationOf(accountId, sender);
      if (administration !== null) results.push(await carriedQuality(this.#context, administration, accountId, sender));
      else results.push({ sender, ...(await this.#rating(accountId, sender)), lastUpdated: this.#today() });
    }
    return { results };
  }

  async businessInfo(accountId: number, sender: string): Promise<BusinessInfo> {
    mustBeSender(sender);
    const numbers = this.#numbersOf(accountId, sender);
    if (numbers !== null) return numbers.profile(sender);
    const added = await find<StoredSender>(this.#context, accountId, KIND.sender, sender);
    const { logoUrl: _, ...info } = await this.#info(accountId, sender);
    return { ...info, displayName: added?.displayName ?? "" };
  }

  /** What is not named stays. Only a carrier fetches the logo. @throws InvalidRequest; RequestRefused 404 */
  async updateBusinessInfo(accountId: number, sender: string, changes: UpdateBusinessInfo) {
    mustBeSender(sender);
    const { logoUrl = "" } = changes;
    if (logoUrl !== "" && !/^https?:\/\//i.test(logoUrl)) {
      throw new InvalidRequest("logoUrl", "must begin with http:// or https://");
    }
    if (LOGO_ENDING_REFUSED.test(logoUrl)) throw new InvalidRequest("logoUrl", "must be of a JPEG or PNG picture");
    const numbers = this.#numbersOf(accountId, sender);
    if (numbers !== null) return numbers.updateProfile(sender, changes);
    const info = await this.#info(accountId, sender);
    await put(this.#context, accountId, KIND.businessInfo, sender, { ...info, ...changes });
  }

  /** The carrier's, or a picture that stands for it. @throws RequestRefused 404 where none was set */
  async logo(accountId: number, sender: string): Promise<Logo> {
    mustBeSender(sender);
    const numbers = this.#numbersOf(accountId, sender);
    if (numbers !== null) {
      const logo = await numbers.logo(sender);
      if (logo === null) throw new RequestRefused(404, "Logo not found");
      return logo;
    }
    const { logoUrl = "" } = await this.#info(accountId, sender);
    if (logoUrl === "" || !isPlayedFor(this.#context, accountId, sender))
      throw new RequestRefused(404, "Logo not found");
    return { bytes: PICTURE, contentType: PICTURE_TYPE };
  }

  async callingPermission(accountId: number, sender: string, userNumber: string): Promise<CallingPermission> {
    mustBeSender(sender);
    if (!isNumber(userNumber)) throw new RequestRefused(404, "User not found");
    const numbers = this.#numbersOf(accountId, sender);
    if (numbers !== null) return numbers.callingPermission(sender, userNumber);
    const rule = this.#context.isPlayed ? byEnding(CALLING_RULES, userNumber) : undefined;
    const status = rule ?? "NO_PERMISSION";
    const mayCall = status !== "NO_PERMISSION";
    const until = this.#context.clock.now() + TEMPORARY_PERMISSION_MS;
    return {
      status,
      actions: [
        {
          name: "SEND_CALL_PERMISSION_REQUEST",
          canPerformAction: this.#context.isPlayed && status !== "PERMANENT",
          limits: [
            { timePeriod: "PT24H", maxAllowed: 1, currentUsage: 0 },
            { timePeriod: "PT168H", maxAllowed: 2, currentUsage: 0 },
          ],
        },
        {
          name: "START_CALL",
          canPerformAction: mayCall,
          limits: [{ timePeriod: "PT24H", maxAllowed: 5, currentUsage: 0 }],
        },
      ],
      ...(status === "TEMPORARY" ? { expirationTime: formatDate(until) } : {}),
    };
  }

  /** Without a key the status is MISMATCH, as Infobip's example has it. */
  async publicKey(accountId: number, sender: string): Promise<SenderPublicKey> {
    mustBeSender(sender);
    const numbers = this.#numbersOf(accountId, sender);
    if (numbers !== null) return numbers.publicKey(sender);
    const publicKey = await find<string>(this.#context, accountId, KIND.publicKey, sender);
    if (publicKey === null) return { publicKey: " ", publicKeySignatureStatus: "MISMATCH" };
    return { publicKey, publicKeySignatureStatus: "VALID" };
  }

  /** Replaces the one before. @throws InvalidRequest where it is no public RSA key of 2048 bits in PEM */
  async uploadPublicKey(accountId: number, sender: string, file: string) {
    mustBeSender(sender);
    const pem = file.trim();
    const key = PUBLIC_KEY_PEM.test(pem) ? parseKey(pem) : null;
    if (key?.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails?.modulusLength !== KEY_BITS) {
      throw new InvalidRequest("file", `must be a public RSA key of ${KEY_BITS} bits in PEM`);
    }
    const numbers = this.#numbersOf(accountId, sender);
    if (numbers !== null) return numbers.uploadPublicKey(sender, pem);
    await put(this.#context, accountId, KIND.publicKey, sender, pem);
  }

  /** A sender that was verified before goes straight to its registration. @throws InvalidRequest */
  async add(accountId: number, businessAccountId: number, request: AddSender): Promise<SenderAdded> {
    const sender = `${request.countryCode}${request.phoneNumber}`.replaceAll(/[^0-9]/g, "");
    if (!isNumber(sender)) throw new InvalidRequest("phoneNumber", "must be a phone number with its country code");
    const before = await find<StoredSender>(this.#context, accountId, KIND.sender, sender);
    const isVerified = before?.isVerified ?? false;
    const { displayName } = request;
    const stored: StoredSender = { ...before, businessAccountId, displayName, isVerified };
    const administration = this.#ofAccount(businessAccountId);
    if (administration === null || isVerified) await put(this.#context, accountId, KIND.sender, sender, stored);
    else await addToCarrier(this.#context, administration, { accountId, sender }, { stored, request });
    return { status: isVerified ? "SUBMITTED_FOR_REGISTRATION" : "OTP_REQUESTED" };
  }

  /** Where no carrier has it nobody is called and no SMS is sent. @throws InvalidRequest where it is verified; RequestRefused 404 */
  async retryVerification(accountId: number, sender: string, request: CodeRequest) {
    const { isVerified, businessAccountId, numberId } = await this.#added(accountId, sender);
    if (isVerified) throw new InvalidRequest("sender", "is verified already");
    const numbers = this.#ofAccount(businessAccountId)?.numbers;
    if (numbers !== undefined && numberId !== undefined) await requestCode(numbers, numberId, request);
  }

  /** Any six digits will do but those that are wrong (rules.ts). @throws InvalidRequest; RequestRefused 404 */
  async verify(accountId: number, sender: string, code: string) {
    const added = await this.#added(accountId, sender);
    const numbers = this.#ofAccount(added.businessAccountId)?.numbers;
    if (numbers !== undefined && added.numberId !== undefined) {
      await numbers.verify(added.numberId, code);
      return put(this.#context, accountId, KIND.sender, sender, { ...added, isVerified: true });
    }
    if (!this.#context.isPlayed) throw new InvalidRequest("code", "cannot be checked: nobody was sent one");
    if (!/^\d{6}$/.test(code) || code === CODE_WRONG) throw new InvalidRequest("code", "is not the code that was sent");
    await put(this.#context, accountId, KIND.sender, sender, { ...added, isVerified: true });
  }

  /** Null: no carrier has the number. */
  #numbersOf(accountId: number, sender: string): NumberAdministration | null {
    return this.#context.administrationOf(accountId, sender)?.numbers ?? null;
  }

  /** Null: no carrier has the business account. */
  #ofAccount(businessAccountId: number): SenderAdministration | null {
    return this.#context.administrations().find((each) => accountOf(each) === businessAccountId) ?? null;
  }

  async #added(accountId: number, sender: string): Promise<StoredSender> {
    if (!/^\d+$/.test(sender)) throw new InvalidRequest("sender", "must be a number");
    const added = await find<StoredSender>(this.#context, accountId, KIND.sender, sender);
    if (added === null) throw new RequestRefused(404, "Sender not found");
    return added;
  }

  async #rating(accountId: number, sender: string): Promise<typeof QUALITY_USUAL> {
    const added = await find<StoredSender>(this.#context, accountId, KIND.sender, sender);
    if (added?.isVerified === false) return QUALITY_UNVERIFIED;
    if (!this.#context.isPlayed) return QUALITY_UNKNOWN;
    return byEnding(QUALITY_RULES, sender) ?? QUALITY_USUAL;
  }

  async #info(accountId: number, sender: string): Promise<StoredInfo> {
    return (await find<StoredInfo>(this.#context, accountId, KIND.businessInfo, sender)) ?? INFO_EMPTY;
  }

  #today(): string {
    return formatDate(startOfDay(this.#context.clock.now()));
  }
}

const DAY_MS = 24 * 3_600_000;

/** Of the UTC day: a time that stays the same when it is asked for again. */
export function startOfDay(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

function parseKey(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}
