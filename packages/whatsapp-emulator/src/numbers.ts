import { Pace } from "./conversations.ts";
import type { JsonObject } from "./json.ts";
import type { NumberOptions } from "./options.ts";
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
    pace: new Pace(),
  };
}

export interface BusinessAccount {
  readonly wabaId: string;
  readonly numbers: readonly BusinessNumber[];
  /** Webhooks of an account go out while an app is subscribed to it; the emulator's app is from the start. */
  isSubscribed: boolean;
  overrideUrl: string | null;
}

export class NumberBook {
  readonly numbers: readonly BusinessNumber[];
  readonly #byId: ReadonlyMap<string, BusinessNumber>;
  readonly #accounts: ReadonlyMap<string, BusinessAccount>;

  constructor({ numbers }: Settings) {
    this.numbers = numbers.map(numberOf);
    this.#byId = new Map(this.numbers.map((number) => [number.phoneNumberId, number]));
    const grouped = Map.groupBy(this.numbers, ({ wabaId }) => wabaId);
    this.#accounts = new Map(
      [...grouped].map(([wabaId, own]) => [wabaId, { wabaId, numbers: own, isSubscribed: true, overrideUrl: null }]),
    );
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
    const [first] = this.numbers;
    if (first === undefined) throw new Error("There is no number");
    return first;
  }
}
