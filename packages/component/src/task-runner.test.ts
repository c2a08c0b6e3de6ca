import assert from "node:assert/strict";
import { test } from "node:test";
import { PENDING, SMS_INPUT } from "../test/fake-runtime.ts";
import { ComponentError, isComponentError } from "./core/error.ts";
import type { CallOptions } from "./core/perform.ts";
import { runTask, type RunOptions, runWorkflow } from "./task-runner.ts";

interface Call {
  readonly action: string;
  readonly input: unknown;
  readonly options: CallOptions | undefined;
}

/** A client that records its calls; the call with number `failAt` (from 0) fails. */
function recorder(failAt = -1): { calls: Call[]; client: RunOptions["client"] } {
  const calls: Call[] = [];
  const perform = async (action: string, input: unknown, options?: CallOptions): Promise<unknown> => {
    calls.push({ action, input, options });
    if (calls.length - 1 === failAt)
      throw new ComponentError({ code: "THROTTLED", message: "slow", httpStatus: 429, attempts: 6 });
    return {
      bulkId: `bulk-${calls.length}`,
      messages: [{ messageId: `m${calls.length}`, status: PENDING, details: { messageCount: 2 } }],
    };
  };
  return { calls, client: { perform: perform as RunOptions["client"]["perform"] } };
}

const sms = (name: string, parameters: object = SMS_INPUT) => ({
  label: "Send SMS",
  name,
  type: "infobip/v1/sendSMS",
  parameters,
});

async function errorOf(run: Promise<unknown>): Promise<ComponentError> {
  const error: unknown = await run.then(
    () => assert.fail("it ran"),
    (reason: unknown) => reason,
  );
  assert.ok(isComponentError(error), String(error));
  return error;
}

test("runs the reference page's kind of task and gives the action's output", async () => {
  const { calls, client } = recorder();
  const output = await runTask(sms("sendSMS"), { client });
  assert.deepEqual(calls, [
    { action: "sendSMS", input: SMS_INPUT, options: { idempotencyKey: undefined, signal: undefined } },
  ]);
  assert.equal((output as { bulkId: string }).bulkId, "bulk-1");
});

test("a task's data pills come from the given data, and the run id makes its idempotency key", async () => {
  const { calls, client } = recorder();
  const data = { order: { id: 7, phones: ["385000000001"] } };
  await runTask(sms("infobip_1", { sender: "Shop", to: "${order.phones}", text: "Order ${order.id}" }), {
    client,
    data,
    runId: "run-1",
  });
  assert.deepEqual(calls[0]?.input, { sender: "Shop", to: ["385000000001"], text: "Order 7" });
  assert.equal(calls[0]?.options?.idempotencyKey, "run-1/infobip_1");
});

test("refuses a single task whose pill names nothing, before anything is sent", async () => {
  const { calls, client } = recorder();
  const error = await errorOf(runTask(sms("a", { ...SMS_INPUT, text: "${nothing}" }), { client, data: {} }));
  assert.deepEqual([error.code, error.violations[0]?.property], ["INVALID_WORKFLOW", "parameters.text"]);
  assert.equal(calls.length, 0);
});

const WORKFLOW = {
  label: "Order",
  inputs: [
    { name: "phone", label: "Phone", type: "string", required: true },
    { name: "shop", type: "STRING", defaultValue: "Shop" },
    { name: "copy", type: "boolean", required: false },
  ],
  tasks: [
    sms("infobip_1", { sender: "${shop}", to: ["${phone}", "385000000002"], text: "Shipped" }),
    {
      label: "Copy",
      name: "infobip_2",
      type: "infobip/v1/sendWhatsappTextMessage",
      parameters: {
        from: "385000000009",
        to: "${phone}",
        text: "Sent ${infobip_1.messages[0].messageId} in ${infobip_1.messages[0].details.messageCount} parts",
      },
    },
  ],
  outputs: [
    { name: "bulk", value: "${infobip_1.bulkId}" },
    {
      name: "all",
      value: { parts: "${infobip_1.messages[0].details.messageCount}", ids: ["${infobip_2.messages[0].messageId}"] },
    },
  ],
};

test("runs a workflow's tasks in order, each with the outputs of those before, and gives the outputs", async () => {
  const { calls, client } = recorder();
  const seen: string[] = [];
  const result = await runWorkflow(WORKFLOW, {
    client,
    inputs: { phone: "385000000001" },
    runId: "r",
    onStep: ({ name }) => void seen.push(name),
  });
  assert.deepEqual(
    calls.map(({ action, input, options }) => [action, input, options?.idempotencyKey]),
    [
      ["sendSMS", { sender: "Shop", to: ["385000000001", "385000000002"], text: "Shipped" }, "r/infobip_1"],
      [
        "sendWhatsappTextMessage",
        { from: "385000000009", to: "385000000001", text: "Sent m1 in 2 parts" },
        "r/infobip_2",
      ],
    ],
  );
  assert.deepEqual(result.outputs, { bulk: "bulk-1", all: { parts: 2, ids: ["m2"] } });
  assert.deepEqual(Object.keys(result.steps), ["infobip_1", "infobip_2"]);
  assert.deepEqual(seen, ["infobip_1", "infobip_2"]);
});

test("two runs with one id use the same keys; without an id there is none", async () => {
  const { calls, client } = recorder();
  const inputs = { phone: "385000000001" };
  await runWorkflow(WORKFLOW, { client, inputs, runId: "same" });
  await runWorkflow(WORKFLOW, { client, inputs, runId: "same" });
  await runWorkflow(WORKFLOW, { client, inputs });
  const keys = calls.map(({ options }) => options?.idempotencyKey);
  assert.deepEqual(keys, [
    "same/infobip_1",
    "same/infobip_2",
    "same/infobip_1",
    "same/infobip_2",
    undefined,
    undefined,
  ]);
});

test("a failing task ends the run; the error names it and carries what was sent before", async () => {
  const { calls, client } = recorder(1);
  const error = await errorOf(runWorkflow(WORKFLOW, { client, inputs: { phone: "385000000001" } }));
  assert.deepEqual([error.code, error.task, error.httpStatus, error.attempts], ["THROTTLED", "infobip_2", 429, 6]);
  assert.match(error.message, /^task infobip_2: slow/);
  assert.deepEqual(Object.keys(error.completedSteps ?? {}), ["infobip_1"]);
  assert.equal(calls.length, 2);
});

test("a pill that an earlier output cannot fill is refused by name, its task not sent", async () => {
  const { calls, client } = recorder();
  const tasks = [sms("a"), sms("b", { ...SMS_INPUT, text: "x ${a.messages[0].status.action}" })];
  const error = await errorOf(runWorkflow({ tasks }, { client }));
  assert.deepEqual([error.code, error.task], ["INVALID_INPUT", "b"]);
  assert.match(error.message, /task b: parameters\.text has \$\{a\.messages\[0\]\.status\.action\}/);
  assert.equal(calls.length, 1);
});

test("an output that cannot be filled does not hide what was sent", async () => {
  const { client } = recorder();
  const error = await errorOf(
    runWorkflow({ tasks: [sms("a")], outputs: [{ name: "o", value: "${a.nothing}" }] }, { client }),
  );
  assert.equal(error.violations[0]?.property, "outputs[0].value");
  assert.deepEqual(Object.keys(error.completedSteps ?? {}), ["a"]);
});

test("refuses inputs that are missing, unknown or of a wrong type, before anything is sent", async () => {
  const { calls, client } = recorder();
  const cases: readonly [Record<string, unknown>, string][] = [
    [{}, "inputs.phone"],
    [{ phone: null }, "inputs.phone"],
    [{ phone: 385000000001 }, "inputs.phone"],
    [{ phone: "1", copy: "yes" }, "inputs.copy"],
    [{ phone: "1", fone: "2" }, "inputs.fone"],
  ];
  for (const [inputs, property] of cases) {
    const error = await errorOf(runWorkflow(WORKFLOW, { client, inputs }));
    assert.deepEqual([error.code, error.violations[0]?.property], ["INVALID_INPUT", property]);
    assert.equal(error.violations.length, 1, "one mistake is told more than once");
  }
  assert.equal(calls.length, 0);
});

test("a later pill on an absent optional input or field is found before the first task is sent", async () => {
  const { calls, client } = recorder();
  const tasks = [sms("a"), sms("b", { ...SMS_INPUT, text: "${who.name}" })];
  const workflow = { inputs: [{ name: "who", type: "object" }], tasks };
  for (const inputs of [{}, { who: { nome: "x" } }]) {
    const error = await errorOf(runWorkflow(workflow, { client, inputs }));
    assert.equal(error.violations[0]?.property, "tasks[1].parameters.text");
  }
  assert.equal(calls.length, 0);
});

test("an input's value of a wrong kind for a later task's property is found before the first task is sent", async () => {
  const { calls, client } = recorder();
  const second = sms("b", { sender: "${who}", to: "${phones}", text: "${count}" });
  const inputs = [
    { name: "who", type: "string" },
    { name: "phones", type: "array" },
    { name: "count", type: "integer" },
  ];
  const error = await errorOf(
    runWorkflow({ inputs, tasks: [sms("a"), second] }, { client, inputs: { who: " ", phones: ["1", 2], count: 5 } }),
  );
  assert.deepEqual(
    error.violations.map(({ property }) => property),
    ["tasks[1].parameters.sender", "tasks[1].parameters.to[1]", "tasks[1].parameters.text"],
  );
  assert.equal(calls.length, 0);
});

test("an invalid workflow or run id is refused before anything is sent", async () => {
  const { calls, client } = recorder();
  const unknownType = { tasks: [sms("a"), { name: "b", type: "logger/v1/info", parameters: {} }] };
  assert.equal((await errorOf(runWorkflow(unknownType, { client }))).code, "INVALID_WORKFLOW");
  for (const runId of ["", " ", "r".repeat(300)]) {
    const error = await errorOf(runWorkflow({ tasks: [sms("a")] }, { client, runId }));
    assert.equal(error.violations[0]?.property, "runId");
  }
  assert.equal(calls.length, 0);
});
