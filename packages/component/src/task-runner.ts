import { checkInput } from "./core/check-input.ts";
import { amendError, isComponentError, type Violation, violationError } from "./core/error.ts";
import { RUN_ID_LENGTH_MAX } from "./core/limits.ts";
import { deferPills, lookUp, resolvePills, type Scope } from "./data-pill.ts";
import type { Infobip } from "./library.ts";
import { asRecord, type CheckedTask, type CheckedWorkflow, checkName, checkTask, checkWorkflow } from "./workflow.ts";
import { bindInputs } from "./workflow-inputs.ts";

export interface RunOptions {
  /** What tasks run with: the library, or anything that performs actions. */
  readonly client: Pick<Infobip, "perform">;
  /**
   * Names this run. Each task's idempotency key is `runId/taskName`, so running again with the same id after a crash or
   * an error sends nothing twice. Without it every run sends anew.
   */
  readonly runId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RunTaskOptions extends RunOptions {
  /** What the task's data pills may name. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface RunWorkflowOptions extends RunOptions {
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Called after each task, with its output. */
  readonly onStep?: (step: { readonly name: string; readonly output: unknown }) => void;
}

export interface WorkflowResult {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Each task's output by its name. */
  readonly steps: Readonly<Record<string, unknown>>;
}

/**
 * Runs a single task `{label, name, type: "infobip/v1/sendSMS", parameters}` and gives its output.
 *
 * @throws ComponentError INVALID_WORKFLOW before anything is sent; else the action's own, with `task`
 */
export async function runTask(task: unknown, options: RunTaskOptions): Promise<unknown> {
  const scope = new Map(Object.entries(options.data ?? {}));
  const violations: Violation[] = [...checkRunId(options.runId)];
  const record = asRecord(task, "task", violations);
  checkName(record["name"], "name", new Set(), violations);
  const checked = checkTask(record, "", violations, (pill, property) => {
    if (lookUp(pill, scope) === undefined)
      violations.push({ property, violation: `has ${pill.source}, which names no value` });
  });
  if (violations.length > 0) throw violationError("INVALID_WORKFLOW", violations);
  return await performTask(checked, scope, options, undefined);
}

/**
 * Runs a workflow `{label, inputs?, tasks, outputs?}`, its tasks in order. Everything that can be known is checked
 * before the first task runs. When a task fails, the error names it and carries the outputs of those before it.
 *
 * @throws ComponentError
 */
export async function runWorkflow(workflow: unknown, options: RunWorkflowOptions): Promise<WorkflowResult> {
  const { checked, violations } = checkWorkflow(workflow);
  const early = [...violations, ...checkRunId(options.runId)];
  if (early.length > 0) throw violationError("INVALID_WORKFLOW", early);
  const { values: scope, violations: inputViolations } = bindInputs(checked.inputs, options.inputs ?? {});
  // An input that is missing would be told again for every pill that names it.
  const late = inputViolations.length > 0 ? inputViolations : checkWithInputs(checked, scope);
  if (late.length > 0) throw violationError("INVALID_INPUT", late);
  const steps = new Map<string, unknown>();
  for (const task of checked.tasks) {
    const output = await performTask(task, scope, options, steps);
    steps.set(task.name, output);
    scope.set(task.name, output);
    options.onStep?.({ name: task.name, output });
  }
  return { outputs: resolveOutputs(checked, scope, steps), steps: Object.fromEntries(steps) };
}

async function performTask(
  task: CheckedTask,
  scope: Scope,
  options: RunOptions,
  steps: ReadonlyMap<string, unknown> | undefined,
): Promise<unknown> {
  const completedSteps = steps === undefined ? undefined : Object.fromEntries(steps);
  try {
    const { value, violations } = resolvePills(task.parameters, scope, "parameters");
    if (violations.length > 0) throw violationError("INVALID_INPUT", violations);
    const idempotencyKey = options.runId === undefined ? undefined : `${options.runId}/${task.name}`;
    return await options.client.perform(task.action, value, { idempotencyKey, signal: options.signal });
  } catch (error) {
    if (!isComponentError(error)) throw error;
    throw amendError(error, { message: `task ${task.name}: ${error.message}`, task: task.name, completedSteps });
  }
}

/**
 * What the given inputs already decide, before the first task: an optional input may be absent, an object lack a field,
 * a number stand where text is asked for.
 */
function checkWithInputs(workflow: CheckedWorkflow, values: Scope): readonly Violation[] {
  const names = new Set(workflow.inputs.map(({ name }) => name));
  const absent = workflow.pills
    .filter(({ pill }) => names.has(pill.name) && lookUp(pill, values) === undefined)
    .map(({ pill, at }) => ({
      property: at,
      violation: `has ${pill.source}, which names no value of the given inputs`,
    }));
  if (absent.length > 0) return absent;
  return workflow.tasks.flatMap(({ action, parameters, path }) => {
    const { value, violations } = deferPills(parameters, `${path}.parameters`, () => {}, values);
    return [...violations, ...checkInput(action, value, `${path}.parameters`)];
  });
}

function resolveOutputs(
  workflow: CheckedWorkflow,
  scope: Scope,
  steps: ReadonlyMap<string, unknown>,
): Record<string, unknown> {
  const results = workflow.outputs.map(({ name, value, path }) => ({
    name,
    ...resolvePills(value, scope, path, true),
  }));
  const violations = results.flatMap((result) => result.violations);
  if (violations.length > 0) {
    throw amendError(violationError("INVALID_INPUT", violations), { completedSteps: Object.fromEntries(steps) });
  }
  return Object.fromEntries(results.map(({ name, value }) => [name, value]));
}

function checkRunId(runId: unknown): readonly Violation[] {
  if (runId === undefined) return [];
  if (typeof runId !== "string" || runId.trim() === "")
    return [{ property: "runId", violation: "must be a string that is not blank" }];
  if (runId.length <= RUN_ID_LENGTH_MAX) return [];
  return [{ property: "runId", violation: `must be at most ${RUN_ID_LENGTH_MAX} characters` }];
}
