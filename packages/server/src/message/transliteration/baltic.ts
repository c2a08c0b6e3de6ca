import { letterTable } from "./table.ts";

/** Lithuanian, Latvian and Estonian letters without their marks. Estonian's ä, ö and ü are in the GSM alphabet. */
export const BALTIC = letterTable([
  "āą a",
  "č c",
  "ēęė e",
  "ģ g",
  "īį i",
  "ķ k",
  "ļ l",
  "ņ n",
  "ōõ o",
  "ŗ r",
  "š s",
  "ūų u",
  "ž z",
]);
