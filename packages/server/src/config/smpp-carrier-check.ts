import { ERRORS, STATUSES } from "@posthorn/contract";
import type { EntryPath, RefuseEntry } from "./entries.ts";
import type { SmppCarrierEntry } from "./smpp-carrier-schema.ts";

const ERROR_IDS: ReadonlySet<number> = new Set(ERRORS.map(({ id }) => id));
const REFUSAL_STATUS_IDS: ReadonlySet<number> = new Set(
  STATUSES.filter(({ groupName }) => groupName === "UNDELIVERABLE" || groupName === "REJECTED").map(({ id }) => id),
);

/** What the schema of an entry of type smpp cannot say: members that need or exclude each other, and unknown ids. */
export function checkSmppCarrier(entry: SmppCarrierEntry, path: EntryPath, refuse: RefuseEntry) {
  const { password, tls, tlvs = [], errors = [], receiptErrors = [], inboundNumbers } = entry;
  if ((password.env === undefined) === (password.file === undefined)) {
    refuse([...path, "password"], "expected either env or file");
  }
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    refuse([...path, "tls"], "cert and key come together");
  }
  if (entry.reconnectMinMs > entry.reconnectMaxMs) {
    const message = `${entry.reconnectMinMs} is more than reconnectMaxMs (${entry.reconnectMaxMs})`;
    refuse([...path, "reconnectMinMs"], `${message}: the pause grows from the one to the other`);
  }
  for (const [index, { hex, text, integer, octets = 1 }] of tlvs.entries()) {
    const where = [...path, "tlvs", index];
    if ([hex, text, integer].filter((value) => value !== undefined).length !== 1) {
      refuse(where, "expected one of hex, text and integer");
    } else if (integer !== undefined && integer >= 256 ** octets) {
      refuse(where, `${integer} does not fit ${octets} ${octets === 1 ? "octet" : "octets"}`);
    }
  }
  for (const [index, { as, statusId, errorId }] of errors.entries()) {
    const where = [...path, "errors", index];
    if (statusId !== undefined && as !== "permanent") refuse(where, "statusId means something only with as: permanent");
    else if (statusId !== undefined && !REFUSAL_STATUS_IDS.has(statusId)) {
      refuse(where, `${statusId} is no status of group UNDELIVERABLE or REJECTED`);
    }
    refuseUnknownError(errorId, where, refuse);
  }
  for (const [index, { errorId }] of receiptErrors.entries()) {
    refuseUnknownError(errorId, [...path, "receiptErrors", index], refuse);
  }
  if (inboundNumbers?.unknownTon === "national" && inboundNumbers.countryCode === undefined) {
    refuse([...path, "inboundNumbers"], "unknownTon: national needs a countryCode");
  }
}

function refuseUnknownError(errorId: number | undefined, path: EntryPath, refuse: RefuseEntry) {
  if (errorId !== undefined && !ERROR_IDS.has(errorId)) refuse(path, `${errorId} is no error of Infobip's`);
}
