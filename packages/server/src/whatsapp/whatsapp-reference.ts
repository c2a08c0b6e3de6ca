import { ERROR, messageError, messageStatus, STATUS } from "@posthorn/contract";
import {
  CALLING_RULES,
  CODE_WRONG,
  EXAMPLES,
  IDENTITY_HASH,
  PAYMENT_RULES,
  QUALITY_RULES,
  QUALITY_USUAL,
  TEMPLATE_RULES,
} from "./rules.ts";

type Rating = typeof QUALITY_USUAL;

/** docs/whatsapp-senders.md: what the sandbox decides in WhatsApp's place. */
export function whatsAppReference(): string {
  const templates = TEMPLATE_RULES.map(({ prefix, outcome }) => {
    const what = outcome === "taken" ? "refused (400), as if there was one of that name and language" : code(outcome);
    return row(code(prefix), what);
  });
  const payments = PAYMENT_RULES.map(({ prefix, outcome }) =>
    row(code(prefix), outcome === "missing" ? "404" : code(outcome)),
  );
  const qualities = QUALITY_RULES.map(({ ending, outcome }) => ratingRow(code(ending), outcome));
  const calls = CALLING_RULES.map(({ ending, outcome }) => row(code(ending), code(outcome)));
  return [
    ...INTRODUCTION,
    ...table(["A template whose name begins with", "is"], [...templates, row("anything else", code("APPROVED"))]),
    "",
    ...ABOUT_TEMPLATES,
    ...table(
      ["A sender that ends with", "quality", "status", "limit"],
      [...qualities, ratingRow("anything else", QUALITY_USUAL)],
    ),
    "",
    ...ABOUT_SENDERS,
    ...table(
      ["A user's number that ends with", "may be called"],
      [...calls, row("anything else", code("NO_PERMISSION"))],
    ),
    "",
    ...ABOUT_USERS,
    ...table(["A payment whose id begins with", "is"], [...payments, row("anything else", code("CAPTURED"))]),
    "",
    ...ABOUT_PAYMENTS,
    "",
  ].join("\n");
}

function table(heads: readonly string[], rows: readonly string[]): readonly string[] {
  return [row(...heads), `|${heads.map(() => "---|").join("")}`, ...rows];
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function ratingRow(who: string, { qualityRating, status, currentLimit }: Rating): string {
  return row(who, code(qualityRating), code(status), code(currentLimit));
}

function rejectedWith(errorId: number): string {
  const { id, name = "" } = messageStatus(STATUS.REJECTED);
  return `${id} ${code(name)}, error ${errorId} ${code(messageError(errorId).name ?? "")}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

const INTRODUCTION = [
  "# WhatsApp senders in the sandbox",
  "",
  "<!-- Made from packages/server/src/whatsapp/ by `npm run docs`; a test holds every row true. Change it there. -->",
  "",
  "Templates, flows, what a sender says of itself, its public key and its registration are kept, as Infobip's document of",
  "WhatsApp has them. What only WhatsApp can decide is decided by the names and numbers in these tables, while",
  "`sandbox.enabled` is on. With it off nothing is approved, rated, paid or verified: templates stay `PENDING`, and what",
  "would have to come from WhatsApp is a 404.",
  "",
  "A sender whose number is in the entry of a `whatsapp-cloud` carrier is none of the sandbox's: Meta decides, and",
  "[decision 0037](decisions/0037-whatsapp-administration.md) says what is passed on.",
  "",
  "A sender is any number of 4 to 15 digits that does not begin with 0; every other one is a 404.",
  "",
  "## Templates",
  "",
];

const ABOUT_TEMPLATES = [
  "So after a create and after an edit. A template that is made again replaces the one of its name and language and keeps",
  "its id, so that a test which prepares its templates can run twice. Templates and flows belong to a business account;",
  "all senders of an account share one, but for those that were added to another one by",
  "`POST /whatsapp/1/embedded-signup/registrations/business-account/{businessAccountId}/senders`.",
  "",
  "### Sending one",
  "",
  "A send is answered before anybody looks for its template, as Infobip answers it. The sandbox then does what WhatsApp",
  "does:",
  "",
  "| The template | ends as |",
  "|---|---|",
  `| is not there: another name, another language, or of another business account | ${rejectedWith(ERROR.EC_INVALID_TEMPLATE)} |`,
  `| is not \`APPROVED\`, \`REINSTATED\` or \`FLAGGED\` | ${rejectedWith(ERROR.EC_INVALID_TEMPLATE)} |`,
  `| has other placeholders, another header, other buttons or cards than the send fills in | ${rejectedWith(ERROR.EC_INVALID_TEMPLATE_ARGS)} |`,
  "| is filled in as it was made | what its number does |",
  "",
  "Where the sandbox sends for a sender of a `whatsapp-cloud` carrier, its templates are Meta's, as they were when they were",
  "last listed or read here, or Meta told of them.",
  "",
  "[Magic numbers](sandbox.md#magic-destinations) do what their table says, whatever the template. With",
  "`sandbox.templates: any` no template is looked for, and every one is sent: for a program whose templates are all at",
  "Infobip.",
  "",
  "### What is told of them",
  "",
  "Subscriptions to `TEMPLATE_UPDATE` are told of it: of the status, unless that is `PENDING`; of the category where an edit",
  "changed it; and with `FLAGGED` that the quality is `LOW`.",
  "",
  "## Flows",
  "",
  "A flow is made as a draft, and published, deprecated and deleted as Infobip says. One whose name begins with `taken` is",
  "refused, as if there was one of that name. Its JSON is checked for a version and for screens with an `id` and a",
  "`layout`; with errors it is kept and cannot be published. The links in answers lead to this server and need no key; a",
  "preview's works for 30 days. `generate` makes a form with those fields of a prompt that it knows (name, surname, email,",
  "phone and the like): there is no language model in it.",
  "",
  "## Senders",
  "",
];

const ABOUT_SENDERS = [
  "A sender that was added and not yet verified is `UNVERIFIED`. Nobody is sent a code: any six digits verify it, but for",
  `\`${CODE_WRONG}\`, which is wrong. A logo's URL is kept and not fetched: the logo is a picture of one pixel, and a URL`,
  "that ends with `.gif`, `.webp`, `.svg` or `.bmp` is refused.",
  "",
  "## Users",
  "",
];

const ABOUT_USERS = [
  `The hash of every user's identity is \`${IDENTITY_HASH}\`; every other hash is a 409. It is acknowledged from its`,
  "confirmation until it is deleted.",
  "",
  "## Payments",
  "",
];

const ABOUT_PAYMENTS = [
  "The amount is always 10.00, in Brazilian real for payments of Brazil and in Indian rupees for all others.",
  "",
  "## What is there from the beginning",
  "",
  "A new sandbox has what Infobip's examples name, and ours, so that they can be tried as they stand. It is listed, and can",
  "be changed and deleted, like what you make; what you have deleted does not come back. With `sandbox.examples` off, it is",
  "not made.",
  "",
  ...EXAMPLES.templates.map(({ name, language, text }) => `- the template \`${name}\` in \`${language}\`: *${text}*`),
  `- the flow \`${EXAMPLES.flowId}\`, which stays a draft when it is published or deprecated`,
  "",
  `The media \`${EXAMPLES.mediaId}\` is a picture that a phone of the sandbox may send, and`,
  "is always there; every other one is a 404.",
];
