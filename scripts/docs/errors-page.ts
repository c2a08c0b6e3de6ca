import {
  ERRORS,
  type ErrorEntry,
  type Envelope,
  errorBody,
  HTTP_ERRORS,
  type HttpErrorStatus,
  OPERATIONS,
  type StatusEntry,
  STATUSES,
} from "@posthorn/contract";

/** When an HTTP error is answered. */
const HTTP_USES: Record<HttpErrorStatus, string> = {
  400: "The body is no JSON, or a property breaks its schema. Nothing of the request was stored.",
  401: "No credentials, or an API key that is unknown, disabled, out of its validity or used from another address.",
  403: "The API key lacks every scope that the operation asks for.",
  404: "No such path, or no such resource.",
  409: "The resource is in a state that does not allow the change.",
  413: "The body is larger than the server's limit.",
  415: "The body is of a type that the operation does not read.",
  429: "A limit of the server is reached, for example the number of waiting messages. Nothing was stored; the same request may be repeated after `Retry-After` seconds.",
  500: "A fault of the server. Its log has the cause.",
  503: "The server is starting, stopping or cannot reach its store.",
};

/** When Posthorn itself gives a status, by group and id. All others only come from a carrier, or not at all. */
const STATUS_USES: Record<string, string> = {
  "1 3": "A carrier has the message; its receipt is awaited.",
  "1 7": "A WhatsApp message was accepted, or a message waits for its next attempt.",
  "1 26": "An SMS was accepted: it is on disk and will end in one of the final statuses.",
  "2 4": "A carrier's receipt says that the operator refused it.",
  "2 9": "A carrier's receipt says that it cannot be delivered.",
  "2 98": "Its bulk was canceled before a carrier got it; error 4100.",
  "3 2": "A carrier counts acceptance by the operator as the end.",
  "3 5": "A carrier's receipt says that the phone has it. The sandbox ends every ordinary message so.",
  "4 15": "The validity period ended before a carrier took the message, or a receipt says so; error 4101.",
  "4 29": "A carrier took the message and its receipt never came within the validity period.",
  "5 8": "The destination begins with 0: its country prefix is missing.",
  "5 12": "Never by Posthorn itself: its balance does not limit sending. A carrier may say it.",
  "5 14":
    "For a destination on the blocklist, with error 2052: by `/platform/1/blocklists`, or because the phone wrote STOP.",
  "5 19": "No rule leads to a route for this channel, sender and destination.",
  "5 20": "The flooding filter is on (`flooding.enabled`), and this phone had its share of the hour.",
  "5 21": "A carrier refused the message for a fault of its own or of ours, for good.",
  "5 23": "The `messageId` is that of an earlier message. The earlier one is untouched and nothing is sent again.",
  "5 24": "`hex` is no bytes, or its user data header does not fit `esmClass`.",
  "5 25": "The text needs more parts than a message may have.",
  "5 51": "`to` is empty.",
  "5 52": "`to` is no phone number in international form.",
};

/** When Posthorn itself gives an error, by group and id. */
const ERROR_USES: Record<string, string> = {
  "0 0": "Nothing went wrong, or nothing is known of it yet.",
  "1 1": "From a carrier's receipt: the number does not exist.",
  "1 27": "From a carrier's receipt: the phone is off or out of reach.",
  "2 2052": "With status 14.",
  "2 4100": "With status 98.",
  "2 4101": "With status 15, when the period ended here.",
  "3 4098": "With status 15, when the period ended at the carrier.",
  "1 7010": "WhatsApp refuses a text outside the 24 hours after the addressee's last message.",
};

const ENVELOPES: readonly Envelope[] = ["ApiError", "ApiException"];
const EXAMPLE_VIOLATIONS: Record<Envelope, string> = {
  ApiError: "messages[0].content.text",
  ApiException: "content.text",
};

const key = ({ groupId, id }: { groupId: number; id: number }): string => `${groupId} ${id}`;
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(head), `|${"---|".repeat(head.length)}`, ...rows].join("\n");

function httpSection(): string {
  const statuses = Object.keys(HTTP_ERRORS).map(Number) as HttpErrorStatus[];
  const rows = statuses.map((status) =>
    row([status, `E${status}`, `\`${HTTP_ERRORS[status].messageId}\``, HTTP_USES[status]]),
  );
  return `## HTTP errors

After a 4xx nothing of the request was done. After a 5xx, or no answer at all, it may have been: repeat it with the same
\`messageId\`s, which sends nothing twice. What befalls a single message (a bad destination, no route,
a text that is too long) is no HTTP error: the request is answered with 200 and that message has a status of its own.

${table(["HTTP", "`errorCode`", "`messageId`", "When"], rows)}

There are two bodies, and the endpoint decides which, for all its errors.

${ENVELOPES.map(envelopeSection).join("\n\n")}`;
}

function envelopeSection(envelope: Envelope): string {
  const paths = Object.values(OPERATIONS)
    .filter((operation) => operation.envelope === envelope)
    .map(({ method, path }) => `\`${method} ${path}\``);
  const also =
    envelope === "ApiError" ? ", and by paths that nobody serves unless they lie under an older product's" : "";
  const violations = [{ property: EXAMPLE_VIOLATIONS[envelope], violation: "must not be blank" }];
  const example = (status: HttpErrorStatus): string =>
    JSON.stringify(errorBody(envelope, status, status === 400 ? { violations } : {}), null, 2);
  const statuses = Object.keys(HTTP_ERRORS).map(Number) as HttpErrorStatus[];
  const examples = statuses.map((status) => `HTTP ${status}:\n\n\`\`\`json\n${example(status)}\n\`\`\``);
  return `### ${envelope}

Given by ${paths.join(", ")}${also}.

${examples.join("\n\n")}`;
}

function statusRow(entry: StatusEntry): string {
  return row([
    `${entry.groupId} ${entry.groupName}`,
    entry.id,
    `\`${entry.name}\``,
    entry.description,
    STATUS_USES[key(entry)] ?? "–",
  ]);
}

function errorRow(entry: ErrorEntry): string {
  return row([
    `${entry.groupId} ${entry.groupName}`,
    entry.id,
    `\`${entry.name}\``,
    entry.permanent ? "yes" : "no",
    entry.description,
    ERROR_USES[key(entry)] ?? "–",
  ]);
}

/** A use for an entry that does not exist would never be shown. */
function assertUsesExist(uses: Record<string, string>, entries: readonly { groupId: number; id: number }[]): void {
  const known = new Set(entries.map(key));
  for (const use of Object.keys(uses)) if (!known.has(use)) throw new Error(`No entry ${use} in the catalogue`);
}

/** The whole of docs/errors.md. */
export function errorsPage(): string {
  assertUsesExist(STATUS_USES, STATUSES);
  assertUsesExist(ERROR_USES, ERRORS);
  return `# Errors and statuses

<!-- Made from packages/contract by \`npm run docs\`; a test compares. Change it there. -->

${httpSection()}

## Message statuses

Every message has one status at any time: in the answer to its request, in its log row, in each report. Groups 2 to 5
are final. Ids alone are not unique (87): compare group and id.

${table(["Group", "Id", "Name", "Description", "When Posthorn gives it"], STATUSES.map(statusRow))}

## Message errors

A report and a log row say beside the status what went wrong; \`NO_ERROR\` when nothing did. \`permanent\` means that no
repeat of the message can succeed. Ids alone are not unique (4102). Errors from 7000 belong to chat channels and carry
group names of their own. Infobip publishes neither group nor flag for the errors of India's DLT registry (4106 to
4158); those below are Posthorn's choice.

${table(["Group", "Id", "Name", "Permanent", "Description", "When Posthorn gives it"], ERRORS.map(errorRow))}
`;
}
