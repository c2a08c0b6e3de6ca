import type { Action } from "./action.ts";
import { checkInput } from "./check-input.ts";
import { type ActionName, type ActionTypes, COMPONENT } from "./component.ts";
import { violationError } from "./error.ts";
import { exchange, RETRY_LIMITS, type RetryLimits } from "./exchange.ts";
import { notSent } from "./lookup.ts";
import { chooseMessageIds, type MessageIdOptions } from "./message-ids.ts";
import type { HttpResponse, Runtime } from "./runtime.ts";

export interface CallOptions extends MessageIdOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one action: check, ask for what was left out, build once, exchange until settled.
 *
 * When a duplicate rejection counts as success:
 * - on a retry of this call: the attempt whose answer was lost had been accepted;
 * - on any attempt when the caller named the send (idempotencyKey, messageIds): an earlier call had sent it;
 * - otherwise never: fresh random ids cannot be known to the server, so the rejection is reported as it came.
 *
 * @throws ComponentError
 */
export async function perform<Name extends ActionName>(
  name: Name,
  input: unknown,
  runtime: Runtime,
  options: CallOptions = {},
  limits: RetryLimits = RETRY_LIMITS,
): Promise<ActionTypes[Name]["output"]> {
  // The table is keyed by name, so input and output belong together; TypeScript cannot follow that through a lookup.
  const action = COMPONENT.actions[name] as unknown as Action<ActionTypes[Name]["input"], ActionTypes[Name]["output"]>;
  const violations = checkInput(name, input);
  if (violations.length > 0) throw violationError("INVALID_INPUT", violations);
  const idempotencyKey = options.idempotencyKey ?? runtime.idempotencyKey;
  const ids = { idempotencyKey, messageIds: options.messageIds };
  const startedAt = runtime.now();
  const given = input as ActionTypes[Name]["input"];
  const messageIds = chooseMessageIds(ids, name, action.destinations(given), () => runtime.random());
  const checked = await complete(action, given, runtime, options.signal, limits);
  const deadlineMs = Math.max(1, limits.deadlineMs - (runtime.now() - startedAt));
  const isNamedByCaller = idempotencyKey !== undefined || options.messageIds !== undefined;
  return await exchange(
    {
      action: name,
      request: action.buildRequest(checked, { messageIds }),
      limits: { ...limits, deadlineMs },
      signal: options.signal,
      parse: (response, attempt) => action.parseResponse(response, { isRepeat: isNamedByCaller || attempt > 1 }),
    },
    runtime,
  );
}

/** The input with what only the server knows. Without anything left out nothing is asked. */
async function complete<Input>(
  action: Action<Input, unknown>,
  input: Input,
  runtime: Runtime,
  signal: AbortSignal | undefined,
  limits: RetryLimits,
): Promise<Input> {
  if (action.prepare === undefined) return input;
  // A copy: the caller may change its object while the server is asked, after it was checked.
  const checked = JSON.parse(JSON.stringify(input)) as Input;
  const preparation = action.prepare(checked);
  if (preparation === undefined) return checked;
  const { request } = preparation;
  const parse = (response: HttpResponse) => preparation.complete(response);
  return await notSent(exchange({ action: `${action.name}.prepare`, request, limits, signal, parse }, runtime));
}
