import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreThread } from "./sqlite-store.ts";

const OPTIONS = { file: ":memory:", role: "write" } as const;

/** A thread's program in place of the store's own. */
function program(body: string): URL {
  const source = `import { parentPort } from "node:worker_threads"; ${body}`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

const READY = "parentPort.postMessage({ ready: true });";

test("a thread that throws while it starts is STORE_FAILED, not a wait without end", async () => {
  const started = StoreThread.start(OPTIONS, { program: program(`throw new Error("cannot start");`) });
  await assert.rejects(started, { name: "Fault", code: "STORE_FAILED", message: /cannot start/ });
});

test("a thread that ends without a word while it starts is STORE_FAILED", async () => {
  const started = StoreThread.start(OPTIONS, { program: program("process.exit(7);") });
  await assert.rejects(started, { name: "Fault", code: "STORE_FAILED", message: /ended with 7/ });
});

test("a thread that says why it cannot start is believed when the code is known", async () => {
  for (const [code, expected] of [
    ["DATA_TOO_NEW", "DATA_TOO_NEW"],
    ["NO_SUCH_CODE", "STORE_FAILED"],
  ]) {
    const greeting = JSON.stringify({ fault: { code, detail: "because" } });
    const started = StoreThread.start(OPTIONS, {
      program: program(`parentPort.postMessage(${greeting}); parentPort.close();`),
    });
    await assert.rejects(started, { name: "Fault", code: expected, message: /because/ });
  }
});

test("a thread that crashes fails every call that waits, and every later one, and can be closed", async () => {
  const crash = `${READY} parentPort.on("message", ({ id }) => { if (id === 3) throw new Error("crashed"); });`;
  const thread = await StoreThread.start(OPTIONS, { program: program(crash) });
  const calls = [1, 2, 3].map(() => thread.call("ledger", []));
  for (const call of await Promise.allSettled(calls)) {
    assert.equal(call.status, "rejected");
    assert.equal(call.reason.code, "STORE_FAILED");
    assert.match(call.reason.message, /crashed/);
  }
  await assert.rejects(thread.call("ledger", []), { code: "STORE_FAILED", message: /crashed/ });
  await thread.close();
});

test("a thread that dies is told of, once; one that is closed is not", async () => {
  const crashes: string[] = [];
  const options = { onCrash: (fault: { code: string }) => void crashes.push(fault.code) };
  const dying = program(`${READY} parentPort.on("message", () => process.exit(1));`);
  const thread = await StoreThread.start(OPTIONS, { ...options, program: dying });
  await assert.rejects(thread.call("ledger", []), { code: "STORE_FAILED" });
  assert.deepEqual(crashes, ["STORE_FAILED"]);
  const closing = program(`${READY} parentPort.on("message", ({ id }) => {
    parentPort.postMessage([{ id, value: null }]);
    parentPort.close();
  });`);
  const closed = await StoreThread.start(OPTIONS, { ...options, program: closing });
  await closed.close();
  assert.deepEqual(crashes, ["STORE_FAILED"]);
});

test("a thread that ends without a word fails every call that waits", async () => {
  const thread = await StoreThread.start(OPTIONS, {
    program: program(`${READY} parentPort.on("message", () => process.exit(1));`),
  });
  const calls = [1, 2].map(() => thread.call("ledger", []));
  for (const call of await Promise.allSettled(calls)) {
    assert.equal(call.status === "rejected" && call.reason.code, "STORE_FAILED");
  }
});

test("answers find their calls in whatever order they come, and a fault is the call's own", async () => {
  const reversed = `${READY} const ids = []; parentPort.on("message", ({ id, operation }) => {
    ids.unshift(id);
    if (ids.length < 3) return;
    parentPort.postMessage(ids.map((id) => id === 2 ? { id, fault: { code: "STORE_FULL", detail: "d" } } : { id, value: id }));
    parentPort.close();
  });`;
  const thread = await StoreThread.start(OPTIONS, { program: program(reversed) });
  const calls = [1, 2, 3].map(() => thread.call("ledger", []));
  const [first, second, third] = await Promise.allSettled(calls);
  assert.deepEqual(first, { status: "fulfilled", value: 1 });
  assert.equal(second?.status === "rejected" && second.reason.code, "STORE_FULL");
  assert.deepEqual(third, { status: "fulfilled", value: 3 });
});

test("a thread that cannot close in order says so, after it has answered all that was asked before", async () => {
  const failing = `${READY} parentPort.on("message", ({ id, operation }) => {
    if (operation === "close") throw new Error("cannot close");
    parentPort.postMessage([{ id, value: "kept" }]);
  });`;
  const thread = await StoreThread.start(OPTIONS, { program: program(failing) });
  const answer = thread.call("ledger", []);
  const closed = thread.close();
  assert.equal(await answer, "kept");
  await assert.rejects(closed, { code: "STORE_FAILED", message: /cannot close/ });
  await assert.rejects(thread.call("ledger", []), { code: "STORE_CLOSED" });
});
