import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/** What the numbering plans of the world say of a number. They know ranges, not subscribers. */
export interface PlannedNumber {
  /** The country calling code, for example 385. */
  readonly countryPrefix: string;
  /** In English; null where several countries share the range, or none has it. */
  readonly countryName: string | null;
  /** In words, for example "mobile"; null where the plan does not tell. */
  readonly kind: string | null;
}

const COUNTRY_NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

const KINDS: Readonly<Record<string, string>> = {
  MOBILE: "mobile",
  FIXED_LINE: "fixed line",
  FIXED_LINE_OR_MOBILE: "fixed line or mobile",
  TOLL_FREE: "toll-free",
  PREMIUM_RATE: "premium rate",
  SHARED_COST: "shared cost",
  VOIP: "VoIP",
  PERSONAL_NUMBER: "personal",
  PAGER: "pager",
  UAN: "company",
  VOICEMAIL: "voicemail",
};

/** @param address E.164 digits without plus. @returns null: no country has such numbers */
export function planOf(address: string): PlannedNumber | null {
  const number = parsePhoneNumberFromString(`+${address}`);
  if (number === undefined || !number.isValid()) return null;
  const type = number.getType();
  return {
    countryPrefix: String(number.countryCallingCode),
    countryName: number.country === undefined ? null : (COUNTRY_NAMES.of(number.country) ?? null),
    kind: type === undefined ? null : (KINDS[type] ?? null),
  };
}
