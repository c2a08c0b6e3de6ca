import assert from "node:assert/strict";
import { test } from "node:test";
import { messageError, STATUS, STATUSES } from "@posthorn/contract";
import { COMMAND_STATUS as S } from "@posthorn/smpp";
import { formWith } from "../../../test/harness/smpp-forms.ts";
import { type AnswerVerdict, verdictOfStatus } from "./answers.ts";

const NONE = new Map<number, AnswerVerdict>();
const kindOf = (status: number, attempts?: number) => verdictOfStatus(status, NONE, attempts).kind;

test("a status is sorted by what is to be done about it", () => {
  const kinds: Readonly<Record<AnswerVerdict["kind"], readonly (keyof typeof S)[]>> = {
    taken: ["ROK"],
    throttled: ["RTHROTTLED", "RMSGQFUL"],
    temporary: ["RSYSERR", "RX_T_APPN", "RSUBMITFAIL", "RDELIVERYFAILURE", "RUNKNOWNERR", "RSERTYPUNAVAIL"],
    "bind-fault": [
      "RINVBNDSTS",
      "RALYBND",
      "RBINDFAIL",
      "RINVPASWD",
      "RINVSYSID",
      "RINVSYSTYP",
      "RINVCMDLEN",
      "RINVCMDID",
    ],
    permanent: ["RINVMSGLEN", "RINVSRCADR", "RINVDSTADR", "RX_P_APPN", "RX_R_APPN", "RINVDCS", "RPROHIBITED"],
  };
  for (const [kind, names] of Object.entries(kinds)) {
    for (const name of names) assert.equal(kindOf(S[name]), kind, name);
  }
});

test("every status of the specification has a place, but for those that answer other requests", () => {
  const ofOtherRequests = new Set<string>(["RCANCELFAIL", "RREPLACEFAIL", "RQUERYFAIL"]);
  let looked = 0;
  for (const [name, status] of Object.entries(S)) {
    // An unknown one would be permanent at last, and temporary at first.
    const isKnown = kindOf(status, 1) === kindOf(status, 99);
    assert.equal(isKnown, !ofOtherRequests.has(name), name);
    looked += 1;
  }
  assert.ok(looked > 50);
});

test("what a refusal says is in Infobip's catalogues, and is the carrier's refusal, not ours", () => {
  for (const status of Object.values(S)) {
    const verdict = verdictOfStatus(status, NONE);
    if ("errorId" in verdict) assert.ok((messageError(verdict.errorId).id ?? 7000) < 7000);
    if (verdict.kind !== "permanent") continue;
    assert.equal(verdict.state, "undeliverable");
    assert.equal(STATUSES.find(({ id }) => id === verdict.statusId)?.groupName, "UNDELIVERABLE");
  }
});

test("a status that nobody knows is tried three times", () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((attempts) => kindOf(0x4a1, attempts)),
    ["temporary", "temporary", "permanent", "permanent"],
  );
  assert.deepEqual(
    [1, 50].map((attempts) => kindOf(S.RSYSERR, attempts)),
    ["temporary", "temporary"],
  );
});

test("a carrier's own table comes first, by number or name", () => {
  const { errors } = formWith({
    errors: [
      { commandStatus: 0x45, as: "permanent", statusId: STATUS.REJECTED_DESTINATION, errorId: 566 },
      { commandStatus: "0x4A1", as: "throttled" },
      { commandStatus: "ESME_RSYSERR", as: "bind-fault" },
      { commandStatus: "RINVDSTADR", as: "temporary" },
      { commandStatus: "RINVSRCADR", as: "permanent", errorId: 375 },
      { commandStatus: 1025, as: "permanent" },
      { commandStatus: 1025, as: "throttled" },
    ],
  });
  assert.deepEqual(verdictOfStatus(0x45, errors), {
    kind: "permanent",
    state: "rejected",
    statusId: STATUS.REJECTED_DESTINATION,
    errorId: 566,
  });
  assert.deepEqual(verdictOfStatus(0x4a1, errors, 9), { kind: "throttled" });
  assert.deepEqual(verdictOfStatus(S.RSYSERR, errors), { kind: "bind-fault" });
  assert.deepEqual(verdictOfStatus(S.RINVDSTADR, errors), { kind: "temporary", errorId: 351 });
  assert.deepEqual(verdictOfStatus(S.RINVSRCADR, errors), {
    kind: "permanent",
    state: "undeliverable",
    statusId: STATUS.UNDELIVERABLE_REJECTED_OPERATOR,
    errorId: 375,
  });
  assert.equal(verdictOfStatus(1025, errors).kind, "permanent");
  assert.equal(verdictOfStatus(S.RTHROTTLED, errors).kind, "throttled");
});
