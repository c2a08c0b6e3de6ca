import assert from "node:assert/strict";
import { test } from "node:test";
import { newMessage } from "../../test/store-conformance/fixtures.ts";
import type { BlockedTargets } from "../store/store.ts";
import { BlocklistGate } from "./blocklist-gate.ts";

/** A store whose answers come when the test gives them. */
function slowStore() {
  const asked: ((answer: BlockedTargets) => void)[] = [];
  const findBlocked = () => new Promise<BlockedTargets>((resolve) => asked.push(resolve));
  return { asked, findBlocked };
}

const EMPTY: BlockedTargets = { blocked: [], isEmpty: true };
const message = newMessage("m");

test("an account without entries is asked for once, each for itself, until entries are added", async () => {
  let count = 0;
  const gate = new BlocklistGate({
    findBlocked: async () => {
      count += 1;
      return EMPTY;
    },
  });
  for (let round = 0; round < 3; round += 1) assert.deepEqual(await gate.refuse(1, [message]), [message]);
  assert.equal(count, 1);
  await gate.refuse(2, [message]);
  assert.equal(count, 2);
  gate.noticeAdded(1);
  await gate.refuse(1, [message]);
  await gate.refuse(2, [message]);
  assert.equal(count, 3);
});

test("an answer from before entries were added is not remembered after it", async () => {
  const store = slowStore();
  const gate = new BlocklistGate(store);
  const first = gate.refuse(1, [message]);
  gate.noticeAdded(1);
  store.asked[0]?.(EMPTY);
  await first;
  const second = gate.refuse(1, [message]);
  assert.equal(store.asked.length, 2);
  store.asked[1]?.({ blocked: [0], isEmpty: false });
  const [refused] = await second;
  assert.deepEqual([refused?.state, refused?.statusId, refused?.errorId], ["rejected", 14, 2052]);
});
