import { letterTable } from "./table.ts";

/** Portuguese letters without their marks. à, é, É, ü, Ü and Ç are in the GSM alphabet. */
export const PORTUGUESE = letterTable(["áâã a", "À A", "ç c", "ê e", "í i", "óôõ o", "ú u", "ª a", "º o"]);
