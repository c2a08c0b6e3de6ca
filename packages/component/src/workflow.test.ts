import assert from "node:assert/strict";
import { test } from "node:test";
import { SMS_INPUT } from "../test/fake-runtime.ts";
import { fc } from "../test/seed.ts";
import { TASK_COUNT_MAX } from "./core/limits.ts";
import { validateWorkflow } from "./workflow.ts";

const TASK = { label: "Send SMS", name: "infobip_1", type: "infobip/v1/sendSMS", parameters: SMS_INPUT };
const check = (workflow: unknown): readonly string[] =>
  validateWorkflow(workflow).map(({ property, violation }) => `${property} ${violation}`);
const withTask = (task: object): readonly string[] => check({ tasks: [{ ...TASK, ...task }] });

test("takes a workflow with tasks, inputs and outputs, and the empty parts that editors write", () => {
  const empty = { triggers: [], metadata: { ui: 1 } };
  const task = {
    ...TASK,
    pre: [],
    post: null,
    finalize: [],
    timeout: null,
    node: null,
    connections: {},
    metadata: null,
  };
  const inputs = [{ name: "who", label: "Who", type: "string", required: true, defaultValue: null }];
  assert.deepEqual(
    check({
      label: "x",
      description: "",
      ...empty,
      inputs,
      tasks: [task],
      outputs: [{ name: "o", value: "${infobip_1.bulkId} ${who}" }],
    }),
    [],
  );
});

test("refuses what is no workflow", () => {
  for (const other of [null, undefined, 5, "x", []]) assert.equal(check(other)[0], "workflow must be an object");
  assert.deepEqual(check({}), ["tasks must be an array with at least one task"]);
  assert.deepEqual(check({ tasks: [null] })[0], "tasks[0] must be an object");
  assert.equal(
    check({ tasks: Array.from({ length: TASK_COUNT_MAX + 1 }, () => TASK) })[0],
    `tasks must have at most ${TASK_COUNT_MAX} tasks`,
  );
});

test("refuses what it does not run instead of leaving it out", () => {
  assert.match(
    check({ tasks: [TASK], triggers: [{ name: "trigger_1", type: "infobip/v1/newSMS" }] })[0] ?? "",
    /^triggers triggers are not supported/,
  );
  for (const key of ["pre", "post", "finalize", "clusterElements"])
    assert.match(withTask({ [key]: [{}] })[0] ?? "", new RegExp(`^tasks\\[0\\]\\.${key} .*not supported`));
  assert.match(withTask({ maxRetries: 3 })[0] ?? "", /maxRetries .*not supported/);
  assert.match(withTask({ timeout: "5s" })[0] ?? "", /timeout .*not supported/);
  assert.match(withTask({ parallel: true })[0] ?? "", /^tasks\[0\]\.parallel is not known/);
  assert.match(check({ tasks: [TASK], constructor: 1 })[0] ?? "", /^constructor is not known/);
});

test("refuses unknown types, dispatchers and actions, each in its words", () => {
  assert.match(
    withTask({ type: "logger/v1/info" })[0] ?? "",
    /^tasks\[0\]\.type is logger\/v1\/info; only actions of infobip\/v1/,
  );
  assert.match(withTask({ type: "infobip/v2/sendSMS" })[0] ?? "", /only actions of infobip\/v1/);
  assert.match(withTask({ type: "condition/v1" })[0] ?? "", /task dispatchers are not supported/);
  assert.match(
    withTask({ type: "infobip/v1/sendFax" })[0] ?? "",
    /unknown action; known are infobip\/v1\/sendSMS, infobip\/v1\/sendWhatsappTextMessage/,
  );
  assert.match(withTask({ type: "infobip/v1/toString" })[0] ?? "", /unknown action/);
  for (const type of [undefined, null, 5, ""]) assert.deepEqual(withTask({ type }), ["tasks[0].type is required"]);
});

test("refuses names that are missing, odd, reserved or taken", () => {
  assert.deepEqual(withTask({ name: undefined }), ["tasks[0].name is required"]);
  for (const name of ["", "1a", "a-b", "a b", "a.b", 5, "ä"])
    assert.match(withTask({ name })[0] ?? "", /^tasks\[0\]\.name must be letters/);
  for (const name of ["__proto__", "constructor"])
    assert.deepEqual(withTask({ name }), ["tasks[0].name is a reserved name"]);
  assert.deepEqual(check({ tasks: [TASK, TASK] }), ["tasks[1].name repeats the name infobip_1"]);
  assert.deepEqual(check({ inputs: [{ name: "infobip_1" }], tasks: [TASK] }), [
    "tasks[0].name repeats the name infobip_1",
  ]);
  assert.deepEqual(
    check({
      tasks: [TASK],
      outputs: [
        { name: "a", value: 1 },
        { name: "a", value: 2 },
      ],
    }),
    ["outputs[1].name repeats the name a"],
  );
});

test("checks parameters before anything runs, as far as pills let it", () => {
  assert.deepEqual(withTask({ parameters: { to: "${x}", text: 5 } }), [
    "tasks[0].parameters.to has ${x}, which names no input and no earlier step",
    "tasks[0].parameters.sender is required",
    "tasks[0].parameters.text must be a string, not a number",
  ]);
  const inputs = [{ name: "phones", type: "array" }];
  assert.deepEqual(check({ inputs, tasks: [{ ...TASK, parameters: { ...SMS_INPUT, to: "${phones}" } }] }), []);
  assert.deepEqual(check({ inputs, tasks: [{ ...TASK, parameters: { ...SMS_INPUT, to: "to ${phones}" } }] }), [
    "tasks[0].parameters.to must be an array, not a string",
  ]);
  assert.deepEqual(withTask({ parameters: { ...SMS_INPUT, text: "=now()" } }), [
    "tasks[0].parameters.text is a formula; formulas are not supported",
  ]);
  assert.deepEqual(withTask({ parameters: [] }), ["tasks[0].parameters must be an object, not an array"]);
  assert.deepEqual(withTask({ parameters: { ...SMS_INPUT, sendr: "x" } }), [
    "tasks[0].parameters.sendr is not a property of this action",
  ]);
});

test("refuses pills on the task itself, on later and on unknown steps", () => {
  const text = (pill: string) => ({ ...SMS_INPUT, text: pill });
  const tasks = (first: string, second: string) => [
    { ...TASK, parameters: text(first) },
    { ...TASK, name: "infobip_2", parameters: text(second) },
  ];
  assert.deepEqual(check({ tasks: tasks("a", "${infobip_1.bulkId}") }), []);
  assert.match(check({ tasks: tasks("${infobip_1.bulkId}", "b") })[0] ?? "", /has not run at that point/);
  assert.match(check({ tasks: tasks("${infobip_2.bulkId}", "b") })[0] ?? "", /has not run at that point/);
  assert.match(check({ tasks: tasks("${infobip_9.bulkId}", "b") })[0] ?? "", /no input and no earlier step/);
  assert.match(
    check({ tasks: [TASK], outputs: [{ name: "o", value: "${infobip_9}" }] })[0] ?? "",
    /^outputs\[0\]\.value has/,
  );
});

test("checks the declarations of inputs", () => {
  const one = (input: unknown) => check({ inputs: [input], tasks: [TASK] });
  assert.deepEqual(one({ name: "a", type: "INTEGER", defaultValue: 5 }), []);
  assert.deepEqual(one({ name: "a", type: "integer", defaultValue: "5" }), [
    "inputs[0].defaultValue must be of type integer",
  ]);
  assert.match(one({ name: "a", type: "file_entry" })[0] ?? "", /^inputs\[0\]\.type must be one of string/);
  assert.match(one({ name: "a", type: "constructor" })[0] ?? "", /type must be one of/);
  assert.deepEqual(one({ name: "a", required: "yes" }), ["inputs[0].required must be true or false"]);
  assert.deepEqual(one({ name: "a", default: 5 }), ["inputs[0].default is not known to this runner"]);
  assert.equal(one(null)[0], "inputs[0] must be an object");
  assert.equal(one({})[0], "inputs[0].name is required");
});

test("a name that cannot even become text is refused like others", () => {
  assert.match(withTask({ name: { toString: null } })[0] ?? "", /must be letters/);
});

test("no JSON makes it throw", () => {
  const keys = fc.constantFrom("tasks", "inputs", "outputs", "name", "type", "parameters", "value", "label");
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.constantFrom("${a}", "infobip/v1/sendSMS"),
      fc.array(tie("tree")),
      fc.dictionary(keys, tie("tree")),
    ),
  }));
  fc.assert(fc.property(tree, (value) => assert.ok(Array.isArray(validateWorkflow(value)))));
});
