import { checkInput } from "./core/check-input.ts";
import { type ActionName, COMPONENT, isActionName, taskType } from "./core/component.ts";
import { shorten, type Violation } from "./core/error.ts";
import { NAME_LENGTH_MAX, TASK_COUNT_MAX } from "./core/limits.ts";
import { deferPills, isReservedName, type Pill } from "./data-pill.ts";
import { checkInputs, type WorkflowInput } from "./workflow-inputs.ts";

/** A task as it stands in a workflow file. */
export interface Task {
  readonly label?: string;
  readonly name: string;
  /** `infobip/v1/sendSMS` */
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A workflow as it stands in a file: parsed JSON or YAML. */
export interface Workflow {
  readonly label?: string;
  readonly description?: string;
  readonly inputs?: readonly WorkflowInput[];
  readonly tasks: readonly Task[];
  readonly outputs?: readonly { readonly name: string; readonly value: unknown }[];
}

export interface CheckedTask {
  readonly name: string;
  readonly action: ActionName;
  readonly parameters: unknown;
  /** Where it stands, for violations: `tasks[0]`. */
  readonly path: string;
}

export interface CheckedWorkflow {
  readonly inputs: readonly WorkflowInput[];
  readonly tasks: readonly CheckedTask[];
  readonly outputs: readonly { readonly name: string; readonly value: unknown; readonly path: string }[];
  /** Every pill with the place it stands at. */
  readonly pills: readonly PlacedPill[];
}

export interface PlacedPill {
  readonly pill: Pill;
  readonly at: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

const NAME = /^[A-Za-z_]\w*$/;
const WORKFLOW_KEYS = ["label", "description", "inputs", "tasks", "outputs", "metadata"];
const TASK_KEYS = ["label", "name", "type", "parameters", "description", "metadata"];
/** Parts of the reference platform's files that this runner does not run. Ignoring one would change what the file does. */
const NOT_RUN: Readonly<Record<string, string>> = {
  triggers: "triggers are not supported; start the workflow with inputs instead",
  connections: "connections are not supported; the runner uses the one it was given",
  pre: "pre tasks are not supported",
  post: "post tasks are not supported",
  finalize: "finalize tasks are not supported",
  maxRetries: "maxRetries is not supported; retries are limits of the library",
  timeout: "timeout is not supported; deadlines are limits of the library",
  node: "node is not supported",
  clusterElements: "clusterElements are not supported",
};

/** What is wrong with a workflow, all of it; empty when it can run. Needs no connection and sends nothing. */
export function validateWorkflow(workflow: unknown): readonly Violation[] {
  return checkWorkflow(workflow).violations;
}

export function checkWorkflow(value: unknown): { checked: CheckedWorkflow; violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const pills: PlacedPill[] = [];
  const workflow = asRecord(value, "workflow", violations);
  checkKeys(workflow, WORKFLOW_KEYS, "", violations);
  const inputs = checkInputs(asList(workflow["inputs"], "inputs", violations), violations);
  const tasks = readTasks(workflow, violations);
  const names = new Set<string>();
  for (const [index, { name }] of inputs.entries()) checkName(name, `inputs[${index}].name`, names, violations);
  const stepNames = new Set(tasks.map(({ name }) => name).filter((name) => typeof name === "string"));
  const checkedTasks = tasks.map((task, index) => {
    const path = `tasks[${index}]`;
    const checked = checkTask(task, path, violations, (pill, at) => {
      pills.push({ pill, at });
      if (!names.has(pill.name)) violations.push({ property: at, violation: unknownPill(pill, stepNames) });
    });
    // Only now: a task's own output is not there while it runs.
    checkName(task["name"], `${path}.name`, names, violations);
    return checked;
  });
  const outputs = readOutputs(workflow, violations, (pill, at) => {
    pills.push({ pill, at });
    if (!names.has(pill.name)) violations.push({ property: at, violation: unknownPill(pill, stepNames) });
  });
  return { checked: { inputs, tasks: checkedTasks, outputs, pills }, violations };
}

/** Checks one task on its own; the caller judges its pills. */
export function checkTask(
  task: JsonObject,
  path: string,
  violations: Violation[],
  onPill: (pill: Pill, at: string) => void,
): CheckedTask {
  const prefix = path === "" ? "" : `${path}.`;
  checkKeys(task, TASK_KEYS, prefix, violations);
  const parameters = task["parameters"] ?? {};
  const deferred = deferPills(parameters, `${prefix}parameters`, onPill);
  violations.push(...deferred.violations);
  const action = readAction(task["type"], `${prefix}type`, violations);
  if (action !== undefined) violations.push(...checkInput(action, deferred.value, `${prefix}parameters`));
  // Without a valid action there is a violation, and nothing of the result is used.
  return { name: nameOf(task["name"]), action: action ?? "sendSMS", parameters, path };
}

export function checkName(name: unknown, path: string, taken: Set<string>, violations: Violation[]): void {
  const violation = nameFault(name, taken);
  if (violation !== undefined) violations.push({ property: path, violation });
  else taken.add(name as string);
}

/** For what has already been refused when it is no string; `String()` throws on some objects. */
function nameOf(name: unknown): string {
  return typeof name === "string" ? name : "";
}

function nameFault(name: unknown, taken: ReadonlySet<string>): string | undefined {
  if (name === undefined || name === null) return "is required";
  if (typeof name !== "string" || !NAME.test(name))
    return "must be letters, digits and underscores, not starting with a digit";
  if (name.length > NAME_LENGTH_MAX) return `must be at most ${NAME_LENGTH_MAX} characters`;
  if (isReservedName(name)) return "is a reserved name";
  return taken.has(name) ? `repeats the name ${name}` : undefined;
}

function unknownPill({ source, name }: Pill, stepNames: ReadonlySet<string>): string {
  const known = stepNames.has(name) ? "a step that has not run at that point" : "no input and no earlier step";
  return `has ${source}, which names ${known}`;
}

function readTasks(workflow: JsonObject, violations: Violation[]): readonly JsonObject[] {
  const tasks = asList(workflow["tasks"], "tasks", violations);
  if (tasks.length === 0) violations.push({ property: "tasks", violation: "must be an array with at least one task" });
  if (tasks.length > TASK_COUNT_MAX) {
    violations.push({ property: "tasks", violation: `must have at most ${TASK_COUNT_MAX} tasks` });
    return [];
  }
  return tasks.map((task, index) => asRecord(task, `tasks[${index}]`, violations));
}

function readOutputs(workflow: JsonObject, violations: Violation[], onPill: (pill: Pill, at: string) => void) {
  const taken = new Set<string>();
  return asList(workflow["outputs"], "outputs", violations).map((entry, index) => {
    const path = `outputs[${index}]`;
    const { name, value } = asRecord(entry, path, violations);
    checkName(name, `${path}.name`, taken, violations);
    violations.push(...deferPills(value, `${path}.value`, onPill).violations);
    return { name: nameOf(name), value, path: `${path}.value` };
  });
}

function readAction(type: unknown, path: string, violations: Violation[]): ActionName | undefined {
  const fault = typeFault(type);
  if (fault === undefined) return String(type).split("/")[2] as ActionName;
  violations.push({ property: path, violation: fault });
  return undefined;
}

function typeFault(type: unknown): string | undefined {
  if (typeof type !== "string" || type === "") return "is required";
  const [component, version, action, ...more] = type.split("/");
  if (action === undefined && version !== undefined) return `is ${shorten(type)}; task dispatchers are not supported`;
  if (component !== COMPONENT.name || version !== `v${COMPONENT.version}` || action === undefined || more.length > 0) {
    return `is ${shorten(type)}; only actions of ${COMPONENT.name}/v${COMPONENT.version} are supported`;
  }
  if (isActionName(action)) return undefined;
  const known = Object.keys(COMPONENT.actions).map((name) => taskType(name as ActionName));
  return `is ${shorten(type)}, an unknown action; known are ${known.join(", ")}`;
}

function checkKeys(object: JsonObject, known: readonly string[], prefix: string, violations: Violation[]): void {
  for (const [key, value] of Object.entries(object)) {
    if (known.includes(key) || isEmpty(value)) continue;
    violations.push({
      property: `${prefix}${key}`,
      violation: Object.hasOwn(NOT_RUN, key) ? (NOT_RUN[key] as string) : "is not known to this runner",
    });
  }
}

/** Editors write unused parts as null, [] or {}. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

export function asRecord(value: unknown, path: string, violations: Violation[]): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  violations.push({ property: path, violation: "must be an object" });
  return {};
}

function asList(value: unknown, path: string, violations: Violation[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  violations.push({ property: path, violation: "must be an array" });
  return [];
}
