import { Type } from "typebox";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Range {
  unit: string;
  default: number;
  minimum: number;
  maximum: number;
}

const integer = (description: string, range: Range) => Type.Integer({ ...range, description });
const text = (description: string, fallback: string) =>
  Type.String({ maxLength: 4096, default: fallback, description });
const port = (description: string) =>
  integer(description, { unit: "TCP port", default: 0, minimum: 0, maximum: 65_535 });

/** A section of its own file: see schema.ts. */
export const smpp = Type.Object(
  {
    host: Type.String({
      maxLength: 4096,
      pattern: "\\S",
      rule: "not empty",
      default: "127.0.0.1",
      description: "Address on which customers' SMPP sessions are taken. Loopback by default, as for HTTP.",
    }),
    port: port("Port for plain SMPP sessions of customers, usually 2775. 0: none are taken."),
    tlsPort: port("Port for SMPP sessions that begin with TLS, usually 3550. 0: none are taken."),
    tlsCertificateFile: text("The certificate that smpp.tlsPort shows, with its chain, as PEM.", ""),
    tlsKeyFile: text("The private key of that certificate, as PEM.", ""),
    alphabet: Type.Enum(["gsm7", "latin1", "ascii"], {
      default: "gsm7",
      description:
        "What data_coding 0 means between customers and us. Some programs that were written for one carrier send Latin-1.",
    }),
    sessionsMax: integer(
      "Connections at a time, also such that have not bound yet. More are dropped, so that whoever only opens connections cannot take all memory.",
      { unit: "connections", default: 1000, minimum: 1, maximum: 100_000 },
    ),
    sessionsPerCustomerMax: integer("Sessions of one API key at a time, of all kinds of bind together.", {
      unit: "sessions",
      default: 4,
      minimum: 1,
      maximum: 1000,
    }),
    windowSize: integer(
      "Requests of a customer on one session that wait for our answer. Above it nothing more is read until there is room.",
      { unit: "requests", default: 100, minimum: 1, maximum: 10_000 },
    ),
    deliverWindowSize: integer("Receipts and messages on one session that wait for the customer's answer.", {
      unit: "requests",
      default: 10,
      minimum: 1,
      maximum: 1000,
    }),
    throughputPerSecond: integer(
      "Messages a second that one API key may submit over all its sessions; a second's worth may come at once. Above it the answer is ESME_RTHROTTLED. 0: no limit but that of the disk.",
      { unit: "messages a second", default: 0, minimum: 0, maximum: 100_000 },
    ),
    enquireLinkIntervalMs: integer("Quiet time on a session after which we ask whether the customer is still there.", {
      unit: "ms",
      default: MINUTE_MS,
      minimum: 1000,
      maximum: HOUR_MS,
    }),
    inactivityTimeoutMs: integer("A session on which nothing came for so long is closed. 0: never.", {
      unit: "ms",
      default: 5 * MINUTE_MS,
      minimum: 0,
      maximum: 24 * HOUR_MS,
    }),
    responseTimeoutMs: integer(
      "How long a customer may take to answer a deliver_sm. After it the receipt or message is delivered again.",
      { unit: "ms", default: 30_000, minimum: 1000, maximum: HOUR_MS },
    ),
  },
  { description: "SMPP for customers: they bind with an API key's id and secret.", additionalProperties: false },
);
