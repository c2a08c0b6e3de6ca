import { type Violation, violationsOf } from "../violations.ts";
import {
  AuthenticationStructure,
  BUTTON_SCHEMAS,
  HEADER_SCHEMAS,
  OTP_BUTTON_SCHEMAS,
  TemplateStructure,
  type TemplateValidityPeriod,
} from "./template-parts.ts";
import type { TemplateCategory } from "./templates.ts";

/** Buttons of one template at most. */
const BUTTONS_MAX = 10;
/** Buttons of one type at most, where there is such a limit. */
const BUTTONS_OF_TYPE_MAX: Readonly<Record<string, number>> = { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1, FLOW: 1 };
/** Characters of a template's body; WhatsApp's limit. */
const BODY_LENGTH_MAX = 1024;
const VALIDITY_SECONDS_MIN = 30;
const VALIDITY_SECONDS_MAX = 900;
/** Asks for WhatsApp's own validity. */
const VALIDITY_DEFAULT = -1;
const PLACEHOLDER = /\{\{(\d+)\}\}/g;

type Kinds = typeof HEADER_SCHEMAS;
interface Part {
  readonly [name: string]: unknown;
}

/**
 * What is wrong with a template's structure, which has the shape of its category; empty when it is right. An
 * authentication template may have the structure of a utility template, as Infobip asks for in India.
 */
export function templateViolations(category: TemplateCategory, structure: object): readonly Violation[] {
  const found: Violation[] = [];
  if (isAuthentication(category, structure)) {
    found.push(...under("structure", violationsOf(AuthenticationStructure, structure)));
    if (found.length > 0) return found;
    const [button] = (structure as AuthenticationStructure).buttons;
    found.push(...ofKind(OTP_BUTTON_SCHEMAS, "otpType", button ?? {}, "structure.buttons[0]"));
    return found;
  }
  found.push(...under("structure", violationsOf(TemplateStructure, structure)));
  if (found.length > 0) return found;
  const { header, body, buttons, carousel, limitedTimeOffer } = structure as TemplateStructure;
  if (header !== undefined) found.push(...headerViolations(header, "structure.header"));
  found.push(...bodyViolations(body, "structure.body"));
  if (buttons !== undefined) found.push(...buttonsViolations(buttons, "structure.buttons"));
  if (carousel !== undefined && category !== "MARKETING") {
    found.push({ property: "structure.carousel", violation: "is only for templates of the category MARKETING" });
  }
  for (const [index, card] of (carousel?.cards ?? []).entries()) {
    const at = `structure.carousel.cards[${index}]`;
    found.push(...headerViolations(card.header, `${at}.header`), ...bodyViolations(card.body, `${at}.body`));
    found.push(...buttonsViolations(card.buttons, `${at}.buttons`));
  }
  if (limitedTimeOffer?.hasExpiration === true && (buttons?.[0] as Part | undefined)?.["type"] !== "COPY_CODE") {
    found.push({
      property: "structure.buttons",
      violation: "must begin with a COPY_CODE button when an offer expires",
    });
  }
  return found;
}

export function isAuthentication(category: TemplateCategory, structure: object): boolean {
  return category === "AUTHENTICATION" && (structure as { body?: Part }).body?.["text"] === undefined;
}

/** 30 seconds to 15 minutes, or -1 for WhatsApp's own. */
export function validityViolations({ amount, timeUnit = "MINUTES" }: TemplateValidityPeriod): readonly Violation[] {
  const seconds = timeUnit === "MINUTES" ? amount * 60 : amount;
  if (amount === VALIDITY_DEFAULT || (seconds >= VALIDITY_SECONDS_MIN && seconds <= VALIDITY_SECONDS_MAX)) return [];
  return [{ property: "validityPeriod.amount", violation: "must be between 30 seconds and 15 minutes, or -1" }];
}

function under(prefix: string, violations: readonly Violation[]): readonly Violation[] {
  return violations.map(({ property, violation }) => ({ property: `${prefix}.${property}`, violation }));
}

/** By the property that tells the kinds apart. */
function ofKind(kinds: Kinds, name: string, part: object, at: string): readonly Violation[] {
  const kind = (part as Part)[name];
  const schema = typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (schema === undefined) {
    return [{ property: `${at}.${name}`, violation: `must be one of [${Object.keys(kinds).join(", ")}]` }];
  }
  return under(at, violationsOf(schema, part));
}

function headerViolations(header: object, at: string): readonly Violation[] {
  const found = [...ofKind(HEADER_SCHEMAS, "format", header, at)];
  const { format, text = "", example } = header as { format?: string; text?: string; example?: string };
  if (found.length > 0) return found;
  if (format === "TEXT") {
    const names = placeholdersOf(text);
    if (names.length > 1 || (names.length === 1 && names[0] !== "1")) {
      found.push({ property: `${at}.text`, violation: "must have no placeholder but one {{1}}" });
    }
  } else if (example !== undefined && !/^https?:\/\//i.test(example)) {
    found.push({ property: `${at}.example`, violation: "must begin with http:// or https://" });
  }
  if (example !== undefined && placeholdersOf(example).length > 0) {
    found.push({ property: `${at}.example`, violation: "must have no placeholders" });
  }
  return found;
}

function bodyViolations({ text, examples }: TemplateStructure["body"], at: string): readonly Violation[] {
  if (text === "") return [{ property: `${at}.text`, violation: "must not be blank" }];
  if (text.length > BODY_LENGTH_MAX) {
    return [{ property: `${at}.text`, violation: `size must be between 1 and ${BODY_LENGTH_MAX}` }];
  }
  const names = placeholdersOf(text);
  const isInOrder = [...new Set(names)].every((name, index) => name === String(index + 1));
  if (!isInOrder) return [{ property: `${at}.text`, violation: "must number its placeholders {{1}}, {{2}} in order" }];
  if (examples === undefined) return [];
  const wanted = new Set(names).size;
  if (examples.length !== wanted) {
    return [{ property: `${at}.examples`, violation: `must be as many as the placeholders: ${wanted}` }];
  }
  const index = examples.findIndex((example) => placeholdersOf(example).length > 0);
  return index < 0 ? [] : [{ property: `${at}.examples[${index}]`, violation: "must have no placeholders" }];
}

function buttonsViolations(buttons: readonly object[], at: string): readonly Violation[] {
  if (buttons.length === 0 || buttons.length > BUTTONS_MAX) {
    return [{ property: at, violation: `size must be between 1 and ${BUTTONS_MAX}` }];
  }
  const found = buttons.flatMap((button, index) => buttonViolations(button, `${at}[${index}]`));
  const types = buttons.map((button) => String((button as Part)["type"]));
  for (const [type, max] of Object.entries(BUTTONS_OF_TYPE_MAX)) {
    if (types.filter((each) => each === type).length > max) {
      found.push({ property: at, violation: `must have at most ${max} of the type ${type}` });
    }
  }
  const isReply = types.map((type) => type === "QUICK_REPLY");
  const changes = isReply.filter((reply, index) => index > 0 && reply !== isReply[index - 1]).length;
  if (changes > 1) found.push({ property: at, violation: "must group quick replies and other buttons together" });
  return found;
}

function buttonViolations(button: object, at: string): readonly Violation[] {
  const found = [...ofKind(BUTTON_SCHEMAS, "type", button, at)];
  if (found.length > 0) return found;
  const { type, url = "", flowAction, navigateScreen } = button as Record<string, string | undefined>;
  if (type === "URL") {
    if (!/^https?:\/\//i.test(url))
      found.push({ property: `${at}.url`, violation: "must begin with http:// or https://" });
    const names = placeholdersOf(url);
    if (names.length > 0 && !(names.length === 1 && url.endsWith("{{1}}"))) {
      found.push({ property: `${at}.url`, violation: "must have no placeholder but one {{1}} at its end" });
    }
  }
  if (type === "FLOW" && flowAction === "NAVIGATE" && navigateScreen === undefined) {
    found.push({ property: `${at}.navigateScreen`, violation: "must not be null" });
  }
  return found;
}

function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
}
