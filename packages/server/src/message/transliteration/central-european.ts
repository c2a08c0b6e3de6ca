import { letterTable } from "./table.ts";

/**
 * Czech, Slovak, Polish, Hungarian, Romanian, Slovenian and Croatian letters without their marks. What the GSM alphabet
 * has stays (é, ä, ö, ü, their capitals), and it is the nearest to the Hungarian ő and ű.
 */
export const CENTRAL_EUROPEAN = letterTable([
  "áąăâ a",
  "ćčç c",
  "ďđ d",
  "ęěë e",
  "íî i",
  "łľĺ l",
  "ńň n",
  "óô o",
  "ő ö",
  "řŕ r",
  "śšșş s",
  "ťțţ t",
  "úů u",
  "ű ü",
  "ý y",
  "źżž z",
]);
