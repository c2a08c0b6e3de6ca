import { Pace } from "./conversations.ts";
import type { JsonObject } from "./json.ts";
import { NUMBERS_MAX } from "./limits.ts";
import type { NumberOptions, QualityRating } from "./options.ts";
import type { Settings } from "./settings.ts";

/** A business number. */
export interface BusinessNumber {
  readonly phoneNumberId: string;
  readonly displayPhoneNumber: string;
  readonly digits: string;
  readonly wabaId: string;
  verifiedName: string;
  isRegistered: boolean;
  isVerified: boolean;
  verificationCode: string | null;
  profile: JsonObject;
  webhookUrl: string | null;
  publicKey: string | null;
  quality: QualityRating;
  /** Of users in 24 hours, as TIER_1K; shown, and not enforced. */
  limit: string;
  readonly pace: Pace;
}

function numberOf({ phoneNumberId, displayPhoneNumber, wabaId, verifiedName, isRegistered }: NumberOptions) {
  return {
    phoneNumberId,
    displayPhoneNumber,
    digits: displayPhoneNumber.replaceAll(/\D/g, ""),
    wabaId,
    verifiedName: verifiedName ?? "Posthorn",
    isRegistered: isRegistered ?? true,
    isVerified: isRegistered ?? true,
    verificationCode: null,
    profile: { messaging_product: "whatsapp" },
    webhookUrl: null,
    publicKey: null,
    quality: "GREEN" as const,
    limit: "TIER_UNLIMITED",
    pace: new Pace(),
  };
}

export interface BusinessAccount {
  readonly wabaId: string;
  readonly numbers: BusinessNumber[];
  /** Webhooks of an account go out while an app is subscribed to it; the emulator's app is from the start. */
  isSubscribed: boolean;
  overrideUrl: string | null;
}

export class NumberBook {
  readonly #byId: Map<string, BusinessNumber>;
  readonly #accounts: ReadonlyMap<string, BusinessAccount>;

  constructor({ numbers }: Settings) {
    this.#byId = new Map(numbers.map(numberOf).map((number) => [number.phoneNumberId, number]));
    const grouped = Map.groupBy(this.#byId.values(), ({ wabaId }) => wabaId);
    this.#accounts = new Map(
      [...grouped].map(([wabaId, own]) => [wabaId, { wabaId, numbers: own, isSubscribed: true, overrideUrl: null }]),
    );
  }

  get numbers(): readonly BusinessNumber[] {
    return [...this.#byId.values()];
  }

  /** Not verified and not registered yet. False: there are as many as there may be. */
  add(options: NumberOptions, account: BusinessAccount): boolean {
    if (this.#byId.size >= NUMBERS_MAX) return false;
    const number = numberOf({ ...options, isRegistered: false });
    this.#byId.set(number.phoneNumberId, number);
    account.numbers.push(number);
    return true;
  }

  find(phoneNumberId: string): BusinessNumber | undefined {
    return this.#byId.get(phoneNumberId);
  }

  account(wabaId: string): BusinessAccount | undefined {
    return this.#accounts.get(wabaId);
  }

  get accounts(): readonly BusinessAccount[] {
    return [...this.#accounts.values()];
  }

  /** @throws when there is none: the emulator has at least one number */
  get first(): BusinessNumber {
    const [first] = this.#byId.values();
    if (first === undefined) throw new Error("There is no number");
    return first;
  }
}
