import { letterTable } from "./table.ts";

/** Spanish vowels without their accents. é, É, ñ, Ñ, ü, Ü and both inverted marks are in the GSM alphabet. */
export const COLOMBIAN = letterTable(["á a", "í i", "ó o", "ú u"]);
