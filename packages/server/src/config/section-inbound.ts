import { HOUR_MS, integer, section } from "./schema-kit.ts";

/** A section of its own file: see schema.ts. */
export const inbound = section("Messages that phones send to us.", {
  joinTimeoutMs: integer(
    "How long the parts of a long inbound message wait for each other. After it what came is delivered, with a mark where something is missing.",
    { unit: "ms", default: 300_000, minimum: 1, maximum: 24 * HOUR_MS },
  ),
});
