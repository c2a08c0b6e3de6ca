import { MAGIC_DESTINATIONS } from "./magic-destinations.ts";

/** The page docs/smsc.md. */
export function simulatorReference(): string {
  const rows = MAGIC_DESTINATIONS.map(({ destination, description }) => `| \`${destination}\` | ${description} |`);
  return `# The SMSC simulator

<!-- Made from packages/smpp/src/simulator/ by \`npm run docs\`; a test compares. Change it there. -->

\`posthorn smsc\` is a message centre that speaks SMPP 3.4 and sends nothing on: it takes every message, reports it as
delivered, and misbehaves when it is asked to. Whatever speaks SMPP can be tested against it. Its options are in
[cli.md](cli.md#smpp); inside a test, \`startSimulator\` of [@posthorn/smpp](../packages/smpp/README.md) is the same.

## Magic destinations

The numbers 447700900000 to 447700900999 are kept for fiction and belong to nobody. Those that are not in the table are
ordinary phones. Where the [sandbox](sandbox.md) has the same situation it has the same number. A number 700 + n fails
with err n. Receipts come where registered_delivery asks for them.

| destination_addr | What happens |
|---|---|
${rows.join("\n")}

A late receipt and a slow answer come after \`--late-by-ms\` and \`--slow-answer-ms\`. Rules come before magic destinations;
\`--no-magic\` makes all of them ordinary phones.
`;
}
