import type { Violation } from "./error.ts";
import { type ParameterButton, placeholderNumbers, type Template } from "./templates.ts";

export const HEADER_TYPES = ["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"] as const;
export type HeaderType = (typeof HEADER_TYPES)[number];
export const BUTTON_TYPES = ["QUICK_REPLY", "URL", "COPY_CODE"] as const;
export type ButtonType = (typeof BUTTON_TYPES)[number];

export interface TemplateHeaderInput {
  /** Left out, it is looked up. */
  readonly type?: HeaderType;
  readonly placeholder?: string;
  readonly mediaUrl?: string;
  readonly filename?: string;
  readonly latitude?: number;
  readonly longitude?: number;
}

export interface TemplateButtonInput {
  /** Left out, it is looked up. */
  readonly type?: ButtonType;
  readonly parameter: string;
}

export interface SendWhatsappTemplateMessageInput {
  readonly from: string;
  readonly to: string;
  readonly templateName: string;
  /** `{ _1: "Anna", _2: "17" }`: the values of the body's `{{1}}` and `{{2}}`. */
  readonly placeholders?: Readonly<Record<string, string>>;
  /** Left out, it is looked up; it cannot be when the template has several. */
  readonly language?: string;
  readonly header?: TemplateHeaderInput;
  readonly buttons?: readonly TemplateButtonInput[];
  readonly callbackData?: string;
  readonly notifyUrl?: string;
  readonly bulkId?: string;
  readonly smsFailover?: { readonly from: string; readonly text: string };
}

const HEADER_MEMBERS = {
  TEXT: ["placeholder"],
  IMAGE: ["mediaUrl"],
  VIDEO: ["mediaUrl"],
  DOCUMENT: ["mediaUrl", "filename"],
  LOCATION: ["latitude", "longitude"],
} as const satisfies Record<HeaderType, readonly (keyof TemplateHeaderInput)[]>;

type Loose = Readonly<Record<string, unknown>>;

/**
 * What the properties cannot say each for itself. A value may still be a data pill; only what is there, and the
 * header's type, is judged.
 */
export function checkTemplateInput(input: Loose): readonly Violation[] {
  return [...checkPlaceholders(input["placeholders"]), ...checkHeader(input["header"])];
}

function checkPlaceholders(value: unknown): readonly Violation[] {
  if (typeof value !== "object" || value === null) return [];
  const numbers = Object.keys(value).map(numberOf);
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined)
    return [{ property: "placeholders", violation: `has {{${twice}}} as _${twice} and ${twice}` }];
  // The request is a list: a gap would move every later value into a place that is not its own.
  return missingOf(
    Array.from({ length: Math.max(0, ...numbers) }, (_, index) => index + 1),
    new Set(numbers),
  );
}

function missingOf(wanted: readonly number[], given: ReadonlySet<number>): readonly Violation[] {
  return wanted
    .filter((number) => !given.has(number))
    .map((number) => ({ property: `placeholders._${number}`, violation: "is required" }));
}

function checkHeader(value: unknown): readonly Violation[] {
  if (typeof value !== "object" || value === null) return [];
  const { type } = value as { readonly type?: unknown };
  return isHeaderType(type) ? checkHeaderMembers(value as Loose, type) : [];
}

function checkHeaderMembers(header: Loose, type: HeaderType): readonly Violation[] {
  const wanted: readonly string[] = HEADER_MEMBERS[type];
  const given = Object.keys(header).filter((name) => name !== "type" && header[name] !== undefined);
  return [
    ...wanted
      .filter((name) => !given.includes(name))
      .map((name) => ({ property: `header.${name}`, violation: `is required by a header of type ${type}` })),
    ...given
      .filter((name) => !wanted.includes(name))
      .map((name) => ({ property: `header.${name}`, violation: `does not belong to a header of type ${type}` })),
  ];
}

/** Whether a template has to be asked for: something that only it knows was left out. */
export function isTemplateNeeded({ language, header, buttons = [] }: SendWhatsappTemplateMessageInput): boolean {
  if (language === undefined || (header !== undefined && header.type === undefined)) return true;
  return buttons.some(({ type }) => type === undefined);
}

export type Completed =
  | { readonly input: SendWhatsappTemplateMessageInput; readonly violations?: undefined }
  | { readonly violations: readonly Violation[]; readonly input?: undefined };

/** What was left out, from the sender's templates; and every way in which the input does not fit its template. */
export function completeInput(input: SendWhatsappTemplateMessageInput, templates: readonly Template[]): Completed {
  const named = templates.filter(({ name }) => name === input.templateName);
  const found = input.language === undefined ? named : named.filter(({ language }) => language === input.language);
  const [template] = found;
  if (template === undefined) {
    const [property, of] = named.length === 0 ? ["templateName", "this sender"] : ["language", "this name"];
    return { violations: [{ property, violation: `names no template of ${of} that can be sent` }] };
  }
  if (found.length > 1) {
    const languages = found.map(({ language }) => language).join(", ");
    return { violations: [{ property: "language", violation: `is required: the template has ${languages}` }] };
  }
  const header = completeHeader(input.header, template);
  const buttons = completeButtons(input.buttons ?? [], template.buttons);
  const violations = [
    ...checkBody(input.placeholders ?? {}, template),
    ...("violations" in header ? header.violations : []),
    ...("violations" in buttons ? buttons.violations : []),
  ];
  if (violations.length > 0 || "violations" in header || "violations" in buttons) return { violations };
  return {
    input: {
      ...input,
      language: template.language,
      ...(header.header === undefined ? {} : { header: header.header }),
      ...(buttons.buttons.length === 0 ? {} : { buttons: buttons.buttons }),
    },
  };
}

function checkBody(placeholders: Readonly<Record<string, string>>, template: Template): readonly Violation[] {
  const wanted = placeholderNumbers(template.bodyText);
  const given = new Set(Object.keys(placeholders).map(numberOf));
  const tooMany = [...given].filter((number) => !wanted.includes(number));
  return [
    ...missingOf(wanted, given),
    ...tooMany.map((number) => ({ property: `placeholders._${number}`, violation: "is not in the template" })),
  ];
}

type Violated = { readonly violations: readonly Violation[] };

function completeHeader(
  header: TemplateHeaderInput | undefined,
  { headerFormat, headerText }: Template,
): { readonly header: TemplateHeaderInput | undefined } | Violated {
  // A text without a placeholder is WhatsApp's to write.
  const wanted = headerFormat === "TEXT" && !headerText.includes("{{") ? undefined : headerFormat;
  if (header === undefined) {
    if (!isHeaderType(wanted)) return { header };
    return { violations: [{ property: "header", violation: `is required: the template has one of type ${wanted}` }] };
  }
  if (wanted === undefined) {
    return { violations: [{ property: "header", violation: "is not in the template, or has nothing to fill in" }] };
  }
  // A type of header that this version does not know goes as it was written; the server judges it.
  const type = header.type ?? (isHeaderType(wanted) ? wanted : undefined);
  if (type === undefined) return { violations: [{ property: "header.type", violation: "is required" }] };
  if (isHeaderType(wanted) && type !== wanted) {
    return { violations: [{ property: "header.type", violation: `must be ${wanted}, as in the template` }] };
  }
  const violations = checkHeaderMembers({ ...header }, type);
  return violations.length > 0 ? { violations } : { header: { ...header, type } };
}

function completeButtons(
  buttons: readonly TemplateButtonInput[],
  wanted: readonly ParameterButton[],
): { readonly buttons: readonly Required<TemplateButtonInput>[] } | Violated {
  const required = wanted.filter(({ isRequired }) => isRequired);
  const types = wanted.map(({ type }) => type).join(", ");
  if (buttons.length === wanted.length) {
    const completed = buttons.map((button, index) => ({ type: wanted[index]?.type ?? "URL", ...button }));
    const violations = completed.flatMap(({ type }, index) =>
      type === wanted[index]?.type
        ? []
        : [
            {
              property: `buttons[${index}].type`,
              violation: `must be ${wanted[index]?.type ?? ""}, as in the template`,
            },
          ],
    );
    return violations.length > 0 ? { violations } : { buttons: completed };
  }
  // Quick replies may go without payloads, all of them or none: which one was meant could not be told.
  if (buttons.length === required.length) return completeButtons(buttons, required);
  const violation =
    wanted.length === 0
      ? "are not in the template, or take no parameter"
      : `must be ${wanted.length}, in the template's order: ${types}`;
  return { violations: [{ property: "buttons", violation }] };
}

/** The values in the order of their numbers. As texts, `_10` would come before `_2`. */
export function placeholderValues(placeholders: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(placeholders)
    .toSorted(([left], [right]) => numberOf(left) - numberOf(right))
    .map(([, value]) => value);
}

function numberOf(name: string): number {
  return Number(name.replace("_", ""));
}

function isHeaderType(value: unknown): value is HeaderType {
  return HEADER_TYPES.some((type) => type === value);
}
