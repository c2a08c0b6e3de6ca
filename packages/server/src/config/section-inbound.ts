import { Type } from "typebox";

const HOUR_MS = 3_600_000;

/** A section of its own file: see schema.ts. */
export const inbound = Type.Object(
  {
    joinTimeoutMs: Type.Integer({
      description:
        "How long the parts of a long inbound message wait for each other. After it what came is delivered, with a mark where something is missing.",
      unit: "ms",
      default: 300_000,
      minimum: 1,
      maximum: 24 * HOUR_MS,
    }),
  },
  { description: "Messages that phones send to us.", additionalProperties: false },
);
