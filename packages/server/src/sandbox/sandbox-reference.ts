import { messageError, messageStatus } from "@posthorn/contract";
import { MAGIC_DESTINATIONS, NOT_ON_WHATSAPP, type Outcome } from "./magic-destinations.ts";
import { MAGIC_SENDERS } from "./magic-senders.ts";
import { WHATSAPP_DESTINATIONS } from "./whatsapp-destinations.ts";
import { PHONE_MESSAGES_MAX } from "./phones.ts";

/** Of Infobip's own example (whatsapp/rules.ts has it, which this folder does not know; a test fetches it). */
export const EXAMPLE_MEDIUM = "20250_13_123e4567-e89b-12d3-a456-426655440000";

/** docs/sandbox.md: what one can make the sandbox do, and how a test looks at its phones. */
export function sandboxReference(): string {
  const destinations = [...MAGIC_DESTINATIONS, NOT_ON_WHATSAPP].map(({ number, what, reports, reportsOnHold }) => {
    const held = reportsOnHold === undefined ? "" : `; with \`hold\` ${endOf(reportsOnHold)}`;
    return `| \`${number}\` | ${cell(what)} | ${endOf(reports)}${held} |`;
  });
  const senders = [...MAGIC_SENDERS].map(([sender, { what }]) => `| \`${sender}\` | ${cell(what)} |`);
  const onWhatsApp = WHATSAPP_DESTINATIONS.map(
    ({ number, what, reports }) => `| \`${number}\` | ${cell(what)} | ${reports.map(wordOf).join("; then ")} |`,
  );
  return [
    ...INTRODUCTION,
    ...destinations,
    "",
    ...ABOUT_DESTINATIONS,
    ...onWhatsApp,
    "",
    ...ABOUT_WINDOWS,
    ...senders,
    "",
    ...ABOUT_PHONES,
    ...ABOUT_WRITING,
    "",
  ].join("\n");
}

function wordOf(report: Outcome | "seen"): string {
  return report === "seen" ? "seen" : endOf([report]);
}

function endOf(reports: readonly Outcome[]): string {
  return reports
    .map(({ state, statusId, errorId }) => {
      const { id, name } = messageStatus(statusId, GROUP_OF_STATE[state]);
      const error = errorId === 0 ? "" : `, error ${errorId} \`${messageError(errorId).name}\``;
      return `${id} \`${name}\`${error}`;
    })
    .join("; then ");
}

/** Infobip's status groups. */
const GROUP_OF_STATE: Readonly<Record<Outcome["state"], number>> = {
  undeliverable: 2,
  delivered: 3,
  expired: 4,
  rejected: 5,
};

/** A bar would begin another cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

const INTRODUCTION = [
  "# The sandbox",
  "",
  "<!-- Made from packages/server/src/sandbox/ by `npm run docs`; a test compares. Change it there. -->",
  "",
  "The sandbox is the carrier that needs no carrier: every number is a virtual phone that receives what is sent to it,",
  "after `sandbox.deliveryDelayMs`. Some numbers and some senders behave otherwise, so that a program can be tested",
  "against what it meets in real life. Settings are in [configuration.md](configuration.md#sandbox).",
  "",
  "## Magic destinations",
  "",
  "The numbers 447700900000 to 447700900999 are kept for fiction and belong to nobody. They work for SMS and WhatsApp",
  "alike, but for the last one. Those that are not in the table are ordinary phones. A number 500 + n ends with status n, a number 700 + n",
  "with error n.",
  "",
  "| Number | What happens | Reported as |",
  "|---|---|---|",
];

const ABOUT_DESTINATIONS = [
  "*Later* is `sandbox.lateByMs` after the others. What happens to a message whose answer is lost is decided by",
  "`sandbox.uncertain`; sent again, it is reported with `possibleDuplicate`. After a restart the sandbox knows a",
  "message's end from its number and the time of its submission, so a message that was on its way then still ends as the",
  "table says, with one report. What a restart caught is not read any more.",
  "",
  "On these numbers something happens by WhatsApp only; for SMS they are ordinary phones:",
  "",
  "| Number | What happens to a text | Reported as |",
  "|---|---|---|",
];

const ABOUT_WINDOWS = [
  "A user of WhatsApp who has written may be sent anything for 24 hours, his *conversation window*; at other times only",
  "templates. The sandbox asks for that only on the number that the table names, so that a first text works.",
  "`GET /posthorn/1/conversation-windows` shows the windows of the account, the last to close first: with `sender`,",
  "`contact`, `open=true` for those that are open now, and `limit`. A key with `whatsapp:manage` is needed.",
  "",
  "A template has to be there, approved, and filled in as it was made; otherwise it is answered like every send and ends",
  "as rejected ([which error](whatsapp-senders.md#sending-one)). Make yours with the API first, or set",
  "`sandbox.templates: any`. Some are there from the beginning: `GET /whatsapp/2/senders/{sender}/templates` lists them.",
  "",
  "## Magic senders",
  "",
  "A send whose sender (`sender` of any of its messages, `from` in WhatsApp) is in this table is answered like this,",
  "when nothing else is wrong with it. Of several in one request the first counts. They are there only while the sandbox",
  "is enabled.",
  "",
  "| Sender | What the client sees |",
  "|---|---|",
];

const ABOUT_PHONES = [
  "## What the phones received",
  "",
  "| Request | Answer |",
  "|---|---|",
  '| `GET /sandbox/messages` | `{"messages":[…]}`, the newest first |',
  "| `GET /sandbox/messages/{messageId}` | that message, the copy received last; 404 when no phone has it |",
  "| `DELETE /sandbox/messages` | 204; the phones have forgotten everything |",
  "",
  "An API key with `sms:manage`, `whatsapp:manage` or a scope to send is needed, and shows what its account sent. The",
  "list takes `to`, `from`, `channel` (`SMS` or `WHATSAPP`), `text` (a part of it), `since` (a date-time), `limit` (50,",
  "at most 1000) and `wait`: with `wait=5s` the answer comes as soon as a message fits, or empty after five seconds; 30",
  "at most. A parameter that it does not know is refused, for a test with a mistyped filter would pass by mistake.",
  "A WhatsApp message also has its `type` (`TEXT`, `IMAGE`, `INTERACTIVE_LIST` ...), its `content` as it was sent and, in",
  "an answer, its `context`; a typing indicator is there with the type `TYPING_INDICATOR`.",
  "",
  "```sh",
  'curl -H "Authorization: App $POSTHORN_API_KEY" \\',
  '  "http://127.0.0.1:8080/sandbox/messages?to=447700900000&text=shipped&wait=5s"',
  "```",
  "",
  `The phones remember the last ${PHONE_MESSAGES_MAX.toLocaleString("en").replace(",", " ")} messages, in memory: a restart clears them. A message that arrived twice is there`,
  "twice. One that a restart caught between submission and phone is reported and never seen here; `sandbox.journal` names",
  "a file that keeps everything.",
  "",
];

const ABOUT_WRITING = [
  "## What the phones write",
  "",
  "| Request | Body | What happens |",
  "|---|---|---|",
  '| `POST /sandbox/messages/{messageId}/reply` | `{"text":"yes"}` | the phone that got the message answers its sender; 404 when no phone has it |',
  '| `POST /sandbox/inbound` | `{"from":"447700900000","to":"447860000001","text":"STOP"}` | some phone writes to some number |',
  "",
  "An API key with `sms:manage` or a scope to send is needed. The answer, `from`, `to` and `partCount`, comes when the",
  "message is on disk; then it takes the way of every inbound message: configuration, webhook or inbox. A phone can write",
  "to numbers only: a sender that is a name gets no answer (400). With `inParts` a text of several parts arrives part by",
  'part, as most carriers hand it over; with `"part":{"reference":7,"number":2,"count":3}` the text is that one part, so',
  "that a test may leave one out, or send them in any order. The same `carrierMessageId` again is the same message handed",
  "over twice.",
  "",
  "## What the phones send by WhatsApp",
  "",
  "| Request | Body | What happens |",
  "|---|---|---|",
  '| `POST /sandbox/messages/{messageId}/reply` | `{"message":{"type":"INTERACTIVE_BUTTON_REPLY","id":"y","title":"Yes"}}` | the user answers, by WhatsApp what came by it |',
  '| `POST /sandbox/inbound` | `{"channel":"WHATSAPP","from":"447700900000","to":"447860000001","text":"Hello"}` | some user writes to some number |',
  "| `POST /sandbox/messages/{messageId}/seen` | | the user reads the message; 400 for an SMS |",
  '| `POST /sandbox/identity-changes` | `{"from":"447700900000","to":"447860000001"}` | the user has another device: his identity is acknowledged no more, and subscriptions to `IDENTITY_CHANGE` are told |',
  "",
  "`message` is what Infobip's MO_OTT_CONTACT has under that name, of any of its types: `TEXT`, `IMAGE`, `LOCATION`,",
  "`CONTACT`, `BUTTON`, `INTERACTIVE_LIST_REPLY`, `REACTION`, `ORDER` and so on; `text` alone is a `TEXT`. An answer has the",
  "message that it answers in its `context` unless it brings one of its own. `from` may be a user id (`HR.AbC123`), and",
  "`contact` says more of the user: `name`, `phoneNumber`, `userId`, `parentUserId`, `username`. The URL of a medium is",
  `the test's own; \`/whatsapp/1/senders/{sender}/media/${EXAMPLE_MEDIUM}\``,
  "of this server is a picture that can be fetched with the key.",
  "",
  "## In a test",
  "",
  "`@posthorn/server/testing` starts the whole server within a test, on a free port and in a folder of its own:",
  "",
  "```ts",
  'import { startPosthorn } from "@posthorn/server/testing";',
  "",
  'await using posthorn = await startPosthorn({ "sandbox.deliveryDelayMs": 10 });',
  "await sendOrderNotice(posthorn.url, posthorn.key); // your own code",
  'const message = await posthorn.phones.waitFor({ to: "447700900000" }, { timeoutMs: 5_000 });',
  'await posthorn.phones.reply(message, "STOP"); // and phones.see(message), where it came by WhatsApp',
  "```",
  "",
  "It knows no test runner, so any that runs on Node will do; ours is node:test. Settings are those of",
  "[configuration.md](configuration.md), by their dotted path; neither a file nor the environment is read. Where",
  "`await using` is not at hand, call `stop()`.",
  "[examples/order-notice.test.ts](../examples/order-notice.test.ts) is a whole one.",
];
