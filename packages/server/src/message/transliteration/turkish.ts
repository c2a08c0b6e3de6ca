import { letterTable } from "./table.ts";

/** Turkish letters without their marks; Ç, Ö, ö, Ü and ü are in the GSM alphabet. The dotless ı's capital is a plain I. */
export const TURKISH = letterTable(["ğ g", "ş s", "ç c", "ıî i", "İÎ I", "â a", "û u"]);
