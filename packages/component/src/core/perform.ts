import type { Action } from "./action.ts";
import { type ActionName, type ActionTypes, COMPONENT } from "./component.ts";
import { violationError } from "./error.ts";
import { exchange, RETRY_LIMITS, type RetryLimits } from "./exchange.ts";
import { checkProperties } from "./input.ts";
import { chooseMessageIds, type MessageIdOptions } from "./message-ids.ts";
import type { Runtime } from "./runtime.ts";

export interface CallOptions extends MessageIdOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one action: check, build once, exchange until settled.
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
  const violations = checkProperties(action.properties, input);
  if (violations.length > 0) throw violationError("INVALID_INPUT", violations);
  const checked = input as ActionTypes[Name]["input"];
  const idempotencyKey = options.idempotencyKey ?? runtime.idempotencyKey;
  const ids = { idempotencyKey, messageIds: options.messageIds };
  const messageIds = chooseMessageIds(ids, name, action.destinations(checked), () => runtime.random());
  const isNamedByCaller = idempotencyKey !== undefined || options.messageIds !== undefined;
  return await exchange(
    {
      action: name,
      request: action.buildRequest(checked, { messageIds }),
      limits,
      signal: options.signal,
      parse: (response, attempt) => action.parseResponse(response, { isRepeat: isNamedByCaller || attempt > 1 }),
    },
    runtime,
  );
}
