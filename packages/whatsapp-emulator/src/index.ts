export type * from "./behaviour.ts";
export { STATUS_NAMES } from "./behaviour.ts";
export type { EmulatorClock } from "./clock.ts";
export { startEmulator } from "./emulator.ts";
export { GRAPH_ERRORS, type GraphErrorCode, isGraphErrorCode, isOptionError } from "./errors.ts";
export type * from "./inbound-content.ts";
export type * from "./options.ts";
