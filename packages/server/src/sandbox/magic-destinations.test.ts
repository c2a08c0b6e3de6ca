import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRORS, STATUSES } from "@posthorn/contract";
import { canMove } from "../message/state.ts";
import { MAGIC_DESTINATIONS, magicDestination, NOT_ON_WHATSAPP } from "./magic-destinations.ts";

test("every number is in the range kept for fiction, once, and is found", () => {
  assert.ok(MAGIC_DESTINATIONS.length > 40);
  assert.equal(new Set(MAGIC_DESTINATIONS.map(({ number }) => number)).size, MAGIC_DESTINATIONS.length);
  for (const row of MAGIC_DESTINATIONS) {
    assert.match(row.number, /^447700900\d{3}$/);
    assert.equal(magicDestination(row.number), row);
  }
});

test("every undeliverable and every rejected status of the catalogue has the number 500 + its id", () => {
  const wanted = STATUSES.filter(({ groupName }) => groupName === "UNDELIVERABLE" || groupName === "REJECTED");
  assert.ok(wanted.length > 20);
  for (const { id, groupName } of wanted) {
    const row = magicDestination(`447700900${500 + id}`);
    assert.deepEqual(
      row?.reports.map(({ state, statusId }) => [state.toUpperCase(), statusId]),
      [[groupName, id]],
    );
  }
});

test("every row ends once, with what the catalogues know", () => {
  for (const { reports, number } of MAGIC_DESTINATIONS) {
    assert.ok(reports.length > 0, number);
    for (const [index, { state, statusId, errorId }] of reports.entries()) {
      assert.ok(
        STATUSES.some(({ id }) => id === statusId),
        number,
      );
      assert.ok(errorId === 0 || ERRORS.some(({ id }) => id === errorId), number);
      const next = reports[index + 1];
      assert.ok(next === undefined || canMove(state, next.state), number);
    }
  }
});

test("one number is not on WhatsApp, and an ordinary phone otherwise", () => {
  assert.equal(magicDestination(NOT_ON_WHATSAPP.number, "WHATSAPP"), NOT_ON_WHATSAPP);
  assert.equal(magicDestination(NOT_ON_WHATSAPP.number, "SMS"), undefined);
  assert.ok(!MAGIC_DESTINATIONS.some(({ number }) => number === NOT_ON_WHATSAPP.number));
});

test("numbers beside the table are ordinary", () => {
  for (const to of [
    "447700900001",
    "447700900999",
    "447700901000",
    "4477009005090",
    "44770090050",
    "385981234567",
    "",
  ]) {
    assert.equal(magicDestination(to), undefined, to);
  }
});
