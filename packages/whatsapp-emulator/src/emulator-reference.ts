import { MAGIC_NUMBERS } from "./magic-numbers.ts";
import { REVIEW_OUTCOMES } from "./templates/review.ts";

const OUTSIDE_AND_WEBHOOKS = `## From outside

Beside the Cloud API, with the same token:

| Request | |
|---|---|
| \`GET /emulator/messages\`, with \`?to=\` | what was sent, the newest first, with the statuses so far |
| \`DELETE /emulator/messages\` | forgets messages, webhooks, windows and rates |
| \`POST /emulator/inbound\` | a user writes: \`{"from":"447700900001","type":"text","text":{"body":"Hi"}}\`, any type; \`userId\` for a user without a number, \`inReplyTo\` for an answer, \`copies\` for a webhook that comes more than once |
| \`POST /emulator/statuses\` | a status by hand: \`{"id":"wamid…","status":"read"}\` |
| \`POST /emulator/templates\` | Meta decides anew: \`{"name":"shipped","language":"en","status":"PAUSED"}\`, \`quality\` (\`GREEN\`, \`YELLOW\`, \`RED\`), \`category\`; each is told by its webhook |
| \`POST /emulator/numbers\` | likewise of a number: \`{"quality":"RED","limit":"TIER_1K"}\`, of \`phoneNumberId\` or the first one |
| \`GET /emulator/flows\`, with \`?id=\` | the JSON of a flow, which its links lead to |
| \`GET /emulator/received\`, \`GET /emulator/webhooks\` | what users wrote, and whether it was marked as read; webhooks with their attempts |

## Webhooks

They go where \`subscribed_apps\` or the number's \`webhook_configuration\` says, else to the emulator's own; an address that
does not answer the challenge is refused. \`X-Hub-Signature-256\` is over the very bytes, which are ASCII: what is not is
\`\\uXXXX\`. One that is not answered with 200 comes again after 1, 2, 4 ... seconds, an hour at most, for seven days; others
overtake it meanwhile. \`biz_opaque_callback_data\` comes back in every status.
`;

/** The page docs/whatsapp-emulator.md. */
export function emulatorReference(): string {
  const numbers = MAGIC_NUMBERS.map(({ user, description }) => `| \`${user}\` | ${description} |`);
  const names = REVIEW_OUTCOMES.map(({ prefix, description }) => `| \`${prefix}\` | ${description} |`);
  return `# The WhatsApp emulator

<!-- Made from packages/whatsapp-emulator/src/ by \`npm run docs\`; a test holds every row true. Change it there. -->

\`posthorn whatsapp-emulator\` is WhatsApp's Cloud API for tests: it takes every message and sends nothing on, reports by
signed webhooks, lets users write back, and refuses and fails what Meta would, or what it is asked to. Whatever speaks the
Cloud API can be tested against it, at any version (\`/v25.0/…\`). Its options are in [cli.md](cli.md#whatsapp); inside a
test, \`startEmulator\` of [@posthorn/whatsapp-emulator](../packages/whatsapp-emulator/README.md) is the same.

## With Posthorn, in two commands

Each in a terminal of its own; the second ends with a line to paste, which sends a text.

\`\`\`sh
npm run posthorn -- whatsapp-emulator --window-open --webhook http://127.0.0.1:8080/carriers/meta/webhook
WHATSAPP_TOKEN=emulator-token WHATSAPP_APP_SECRET=emulator-secret WHATSAPP_VERIFY_TOKEN=any-word npm start -- --config examples/carriers/whatsapp-cloud.yaml
\`\`\`

A user writes; whoever has a [subscription](webhooks.md) to INBOUND_MESSAGE is told:

\`\`\`sh
curl -sS http://127.0.0.1:8090/emulator/inbound -H 'Authorization: Bearer emulator-token' -H 'Content-Type: application/json' -d '{"from":"447700900000","type":"text","text":{"body":"Hi"}}'
\`\`\`

## Magic numbers

The numbers 447700900000 to 447700900999 are kept for fiction and belong to nobody. Those that are not in the table are
ordinary users: free text reaches them for 24 hours after they wrote, and templates at any time. To those in the table
everything goes at any time. Where the [sandbox](sandbox.md) or the [SMSC simulator](smsc.md) has the same situation it has
the same number. Where its row has no other code, a number 100 + n is refused with error 131000 + n, a number 200 + n is
taken and fails with it, and a number 300 + n is refused with 132000 + n.

| to | What happens |
|---|---|
${numbers.join("\n")}

*Late* and *slow* are \`lateByMs\` and \`slowAnswerMs\`. Rules come before magic numbers; \`hasMagicNumbers: false\` makes all
of them ordinary users. The user id \`GB.447700900147\`, as \`recipient\`, is the same user as 447700900147.

## Templates

Every business account has \`hello_world\` in en_US. A template that is made over the API is \`PENDING\`, and after
\`reviewDelayMs\` what its name says; a webhook (\`message_template_status_update\`) tells. So also after an edit.

| A template whose name begins with | is |
|---|---|
${names.join("\n")}
| anything else | \`APPROVED\` |

## What else is administered

Flows are made, given their JSON, published, deprecated and deleted; of the JSON only \`version\` and \`screens\` are looked
at. A number's public key is kept; numbers that are added are verified by the code that was asked for. Nobody has allowed
to be called.

## What is enforced

| | |
|---|---|
| token | 190 (401) without the right one, as \`Authorization: Bearer\` or \`access_token\` |
| parameters | 100, 131008 (missing) and 131009 (value); the details name the property |
| service window | free-form messages later than 24 hours after the user wrote fail by status: 131047 |
| users | those of whom \`isUser\` says no fail by status: 131026 |
| number | 131021 to itself; 133010 while it is not registered |
| rate of a number | 130429 above \`throughputPerSecond\`, 80 |
| rate of a pair | 131056 after \`pairBurst\` messages, 45, without a pause; then one each \`pairIntervalMs\`, 6000 |
| templates | 132001 (none of that name and language that is approved), 132000 (number of parameters), 132012 (their kind), 100 (names that the template has not, or twice), 132005 (too long), 132015, 132016 (paused, disabled), 131062 (authentication to a user id) |
| media | an id is of an upload that was not deleted and is younger than 30 days (100); sizes and types of uploads (131053, 100); of another kind than the message's they fail by status (131053); a URL works for five minutes, and with the token only |
| uploads to the app 670843887433847 | type and length (100), the scheme \`OAuth\` (190), the id with its \`?sig=\`, \`file_offset\` 0 and all octets at once (100); a session lives for a day, a file for 30 days; a profile's handle is of an upload (100), and a template shows the URL of its example in its place |

Links of media are not fetched. Limits that count unique users in 24 hours and quality ratings are shown, and not enforced.

${OUTSIDE_AND_WEBHOOKS}`;
}
