import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  canMove,
  FINAL_STATES,
  INITIAL_STATES,
  isFinal,
  MESSAGE_STATES,
  type MessageState,
  stateOfStatusGroup,
} from "./state.ts";

const STATUS_CODES = new URL("../../../../../shared/infobip-api/status-codes.json", import.meta.url);

const OPEN_STATES = MESSAGE_STATES.filter((state) => !isFinal(state));

test("there are ten states, of which five are final", () => {
  assert.equal(MESSAGE_STATES.length, 10);
  assert.deepEqual(OPEN_STATES, ["held", "queued", "claimed", "submitted", "uncertain"]);
  assert.equal(FINAL_STATES.length, 5);
});

test("the way of a message that goes well is open", () => {
  const way: readonly MessageState[] = ["held", "queued", "claimed", "submitted", "delivered"];
  for (const [index, state] of way.slice(1).entries()) assert.ok(canMove(way[index] as MessageState, state), state);
});

test("a lost answer leads to uncertain, and from there back to the queue or to an end", () => {
  assert.ok(canMove("claimed", "uncertain"));
  for (const next of ["queued", "submitted", "delivered", "undeliverable", "expired"] as const) {
    assert.ok(canMove("uncertain", next), next);
  }
  assert.deepEqual(
    MESSAGE_STATES.filter((state) => canMove(state, "uncertain")),
    ["claimed"],
  );
});

test("only a waiting message is claimed, and only a claimed or uncertain one becomes submitted", () => {
  assert.deepEqual(
    MESSAGE_STATES.filter((state) => canMove(state, "claimed")),
    ["held", "queued"],
  );
  assert.deepEqual(
    MESSAGE_STATES.filter((state) => canMove(state, "submitted")),
    ["claimed", "uncertain"],
  );
});

test("every open state can end by a receipt and by its validity", () => {
  for (const state of OPEN_STATES) {
    for (const end of ["delivered", "undeliverable", "expired"] as const) {
      assert.ok(canMove(state, end), `${state} to ${end}`);
    }
  }
});

test("a message that a dispatcher holds cannot be canceled under its hands", () => {
  assert.ok(!canMove("claimed", "canceled"));
  for (const state of ["held", "queued"] as const) assert.ok(canMove(state, "canceled"));
});

test("a late receipt corrects a final state only towards knowledge and success", () => {
  const corrections = FINAL_STATES.flatMap((from) =>
    MESSAGE_STATES.filter((to) => canMove(from, to)).map((to) => `${from} to ${to}`),
  );
  assert.deepEqual(corrections, ["undeliverable to delivered", "expired to delivered", "expired to undeliverable"]);
});

test("staying is no move", () => {
  for (const state of MESSAGE_STATES) assert.ok(!canMove(state, state), state);
});

test("every state is reached from where messages begin", () => {
  const reached = new Set<MessageState>(INITIAL_STATES);
  for (const state of reached) {
    for (const next of MESSAGE_STATES) if (canMove(state, next)) reached.add(next);
  }
  assert.deepEqual([...reached].toSorted(), [...MESSAGE_STATES].toSorted());
});

test("Infobip's status groups stand for our states", (t) => {
  const expected = ["submitted", "submitted", "undeliverable", "delivered", "expired", "rejected"];
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(stateOfStatusGroup), expected);
  for (const groupId of [-1, 6, 1.5, Number.NaN]) assert.equal(stateOfStatusGroup(groupId), undefined);
  if (!existsSync(STATUS_CODES)) {
    t.diagnostic("the reference status list is not beside the checkout; names were not compared");
    return;
  }
  const { statuses } = JSON.parse(readFileSync(STATUS_CODES, "utf8")) as {
    statuses: { groupId: number; groupName: string }[];
  };
  assert.ok(statuses.length > 0);
  for (const { groupId, groupName } of statuses) {
    const isPassing = groupName === "ACCEPTED" || groupName === "PENDING";
    assert.equal(stateOfStatusGroup(groupId), isPassing ? "submitted" : groupName.toLowerCase());
  }
});
