import { type ActionName, type ActionTypes, COMPONENT } from "./core/component.ts";
import { checkConnection, type Connection, type ConnectionTest, testConnection } from "./core/connection.ts";
import { violationError } from "./core/error.ts";
import { RETRY_LIMITS, type RetryLimits } from "./core/exchange.ts";
import { type LookupCall, type LookupResult, lookUpProperty } from "./core/lookup.ts";
import { type CallOptions, perform } from "./core/perform.ts";
import type { LogEvent, Runtime } from "./core/runtime.ts";
import { fetchTransport, type StartTimeout } from "./fetch-transport.ts";

export interface InfobipOptions extends Partial<RetryLimits> {
  readonly fetch?: typeof fetch;
  /** Everything about time in one place, so that a test can own it. */
  readonly clock?: Clock;
  /** From 0 up to 1. The default is the system's secure source: messageIds without a key come from it. */
  readonly random?: () => number;
  readonly log?: (event: LogEvent) => void;
}

export interface Clock {
  now(): number;
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  readonly startTimeout: StartTimeout;
}

/** A connection ready for use. Every method rejects with a ComponentError only. */
export interface Infobip {
  sendSMS(input: ActionTypes["sendSMS"]["input"], options?: CallOptions): Promise<ActionTypes["sendSMS"]["output"]>;
  sendWhatsappTextMessage(
    input: ActionTypes["sendWhatsappTextMessage"]["input"],
    options?: CallOptions,
  ): Promise<ActionTypes["sendWhatsappTextMessage"]["output"]>;
  sendWhatsappTemplateMessage(
    input: ActionTypes["sendWhatsappTemplateMessage"]["input"],
    options?: CallOptions,
  ): Promise<ActionTypes["sendWhatsappTemplateMessage"]["output"]>;
  /** What a form offers for a property: values to choose from, or the properties inside it. Sends nothing. */
  lookUp(call: LookupCall, options?: { readonly signal?: AbortSignal | undefined }): Promise<LookupResult>;
  testConnection(options?: { readonly signal?: AbortSignal | undefined }): Promise<ConnectionTest>;
  /** An action by its name, with input of unknown origin: for hosts such as the task runner. */
  perform<Name extends ActionName>(
    name: Name,
    input: unknown,
    options?: CallOptions,
  ): Promise<ActionTypes[Name]["output"]>;
}

const USER_AGENT = `posthorn-component/${COMPONENT.version}`;
/** A timer's delay is a signed 32-bit number; beyond it Node waits 1 ms. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;
const ATTEMPTS_LIMIT = 100;

/**
 * The component as a library: `infobip({ key, baseUrl }).sendSMS({ sender, to, text }, { idempotencyKey })`.
 *
 * @throws ComponentError INVALID_CONNECTION naming `key` or `baseUrl`; INVALID_INPUT naming an option
 */
export function infobip(connection: Connection, options: InfobipOptions = {}): Infobip {
  const { key, baseUrl } = checkConnection(connection);
  const limits = checkLimits(options);
  const clock = options.clock ?? systemClock;
  const { log } = options;
  const runtime: Runtime = {
    http: fetchTransport({
      fetch: options.fetch ?? fetch,
      baseUrl,
      headers: { ...COMPONENT.connection.authHeaders(key), "user-agent": USER_AGENT },
      startTimeout: clock.startTimeout,
    }),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    now: () => clock.now(),
    random: options.random ?? secureRandom,
    redact: (text) => text.replaceAll(key, "***"),
    ...(log === undefined ? {} : { log }),
  };
  return {
    sendSMS: (input, call) => perform("sendSMS", input, runtime, call, limits),
    sendWhatsappTextMessage: (input, call) => perform("sendWhatsappTextMessage", input, runtime, call, limits),
    sendWhatsappTemplateMessage: (input, call) => perform("sendWhatsappTemplateMessage", input, runtime, call, limits),
    lookUp: (call, lookUpOptions) => lookUpProperty(call, runtime, lookUpOptions, limits),
    testConnection: (call) => testConnection(runtime, call, limits),
    perform: (name, input, call) => perform(name, input, runtime, call, limits),
  };
}

function checkLimits(options: InfobipOptions): RetryLimits {
  const maximum = { attemptTimeoutMs: TIMER_DELAY_MS_MAX, deadlineMs: TIMER_DELAY_MS_MAX, attemptsMax: ATTEMPTS_LIMIT };
  const names = Object.keys(maximum) as (keyof RetryLimits)[];
  const limits = { ...RETRY_LIMITS };
  for (const name of names) limits[name] = options[name] ?? RETRY_LIMITS[name];
  const violations = names
    .filter((name) => !Number.isInteger(limits[name]) || limits[name] < 1 || limits[name] > maximum[name])
    .map((name) => ({ property: name, violation: `must be an integer from 1 to ${maximum[name]}` }));
  if (violations.length > 0) throw violationError("INVALID_INPUT", violations);
  return limits;
}

function secureRandom(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}

const systemClock: Clock = {
  now: () => Date.now(),
  startTimeout(timeoutMs) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    return { signal: controller.signal, stop: () => clearTimeout(timer) };
  },
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(done, Math.min(delayMs, TIMER_DELAY_MS_MAX));
      function done(): void {
        signal?.removeEventListener("abort", aborted);
        resolve();
      }
      function aborted(): void {
        clearTimeout(timer);
        reject(new Error("aborted"));
      }
      if (signal?.aborted === true) aborted();
      else signal?.addEventListener("abort", aborted, { once: true });
    }),
};
