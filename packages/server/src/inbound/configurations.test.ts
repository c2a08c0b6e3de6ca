import assert from "node:assert/strict";
import { test } from "node:test";
import type { DocumentRecord } from "../store/store.ts";
import { ConfigurationIndex } from "./configurations.ts";

/** A store that answers when it is told to, with what it had when it was asked. */
function slowStore() {
  let number = "1";
  const asked: (() => void)[] = [];
  let isBroken = false;
  const listDocuments = async (): Promise<readonly DocumentRecord[]> => {
    const body = JSON.stringify({ configurationKey: "k", channel: "SMS", address: number, keyword: null });
    const { promise, resolve } = Promise.withResolvers<void>();
    asked.push(resolve);
    await promise;
    if (isBroken) throw new Error("no");
    return [{ accountId: 7, kind: "", id: "k", body, createdAt: 0, updatedAt: 0 }];
  };
  return {
    listDocuments,
    asked,
    change: (to: string) => {
      number = to;
    },
    break: (broken: boolean) => {
      isBroken = broken;
    },
  };
}

function start() {
  const store = slowStore();
  const clock = { time: 0, now: () => clock.time, after: () => ({ cancel: () => undefined }) };
  return { store, clock, index: new ConfigurationIndex(store, clock) };
}

test("whoever comes while they are read waits for the same reading", async () => {
  const { store, index } = start();
  const both = [index.refresh(), index.refresh().then(() => index.ownerOf("SMS", "1", 1))] as const;
  assert.equal(store.asked.length, 1);
  store.asked[0]?.();
  assert.equal((await Promise.all(both))[1], 7);
});

test("they are read anew after a change at once, and otherwise after a second", async () => {
  const { store, clock, index } = start();
  const refresh = async () => {
    const done = index.refresh();
    store.asked.at(-1)?.();
    await done;
    return store.asked.length;
  };
  assert.deepEqual([await refresh(), await refresh()], [1, 1]);
  clock.time = 1_000;
  assert.equal(await refresh(), 2);
  index.forget();
  assert.equal(await refresh(), 3);
});

test("a reading that a change has overtaken is not what one gets", async () => {
  const { store, index } = start();
  const first = index.refresh();
  store.change("2");
  index.forget();
  store.asked[0]?.();
  await new Promise(setImmediate);
  store.asked[1]?.();
  await first;
  assert.deepEqual([index.ownerOf("SMS", "1", 1), index.ownerOf("SMS", "2", 1)], [1, 7]);
});

test("after a reading that failed the next one reads again", async () => {
  const { store, index } = start();
  store.break(true);
  const failing = index.refresh();
  store.asked[0]?.();
  await assert.rejects(failing);
  store.break(false);
  const next = index.refresh();
  store.asked[1]?.();
  await next;
  assert.equal(index.ownerOf("SMS", "1", 1), 7);
});
