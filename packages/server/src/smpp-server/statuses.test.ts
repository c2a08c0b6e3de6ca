import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { messageStatus, STATUS, STATUSES } from "@posthorn/contract";
import { COMMAND_STATUS as S, commandStatusName } from "@posthorn/smpp";
import { Fault, FAULTS, isFaultCode } from "../kernel/faults.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { RequestRefused } from "../kernel/request-refused.ts";
import {
  COMMAND_STATUS_OF_FAULT,
  COMMAND_STATUS_OF_STATUS,
  commandStatusOf,
  commandStatusOfError,
} from "./statuses.ts";

test("what was refused is never answered as accepted, and what was accepted never as refused", () => {
  for (const status of STATUSES) {
    const isRefused = status.groupName === "REJECTED";
    assert.equal(commandStatusOf(status) !== S.ROK, isRefused, status.name);
  }
});

test("every row of the table is a status of the group REJECTED, or a fault that exists", () => {
  for (const id of Object.keys(COMMAND_STATUS_OF_STATUS).map(Number)) {
    assert.equal(messageStatus(id).groupName, "REJECTED", String(id));
  }
  for (const code of Object.keys(COMMAND_STATUS_OF_FAULT)) assert.ok(isFaultCode(code), code);
});

test("a limit says when to come again, and anything else that broke is our own fault", () => {
  assert.equal(commandStatusOfError(new Fault("ACCEPT_QUEUE_FULL")), S.RTHROTTLED);
  assert.equal(commandStatusOfError(new Fault("OPEN_MESSAGES_FULL")), S.RMSGQFUL);
  for (const code of ["STORE_FULL", "STORE_FAILED", "STORE_CLOSED"] as const) {
    assert.equal(commandStatusOfError(new Fault(code)), S.RSYSERR, code);
  }
  assert.equal(commandStatusOfError(new RequestRefused(403, "no")), S.RSUBMITFAIL);
  assert.equal(commandStatusOfError(new InvalidRequest("to", "no")), S.RSUBMITFAIL);
  assert.equal(commandStatusOfError(new TypeError("bug")), S.RSYSERR);
  assert.ok(Object.keys(FAULTS).length > 3);
});

test("docs/operating.md tells the same of every row", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/operating.md"), "utf8");
  const rows = [
    ...Object.entries(COMMAND_STATUS_OF_STATUS).map(
      ([id, status]) => [messageStatus(Number(id)).name, status] as const,
    ),
    ...Object.entries(COMMAND_STATUS_OF_FAULT),
  ];
  for (const [name, status] of rows) {
    const line = page.split("\n").find((candidate) => candidate.includes(`\`${name}\``) && candidate.includes("ESME_"));
    assert.ok(line?.includes(commandStatusName(status)), `${name}: ${commandStatusName(status)}`);
  }
  assert.equal(commandStatusOf(messageStatus(STATUS.REJECTED_FLOODING_FILTER)), S.RSUBMITFAIL);
});
