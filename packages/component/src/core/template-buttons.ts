import type { Violation } from "./error.ts";

/** What each type of button takes; `lengthMax` is Infobip's, in characters, of `parameter`. */
const BUTTONS = {
  QUICK_REPLY: { required: ["parameter"], optional: [], lengthMax: 128 },
  URL: { required: ["parameter"], optional: [] },
  COPY_CODE: { required: ["parameter"], optional: [], lengthMax: 15 },
  FLOW: { required: [], optional: ["flowToken", "data"] },
  CATALOG: { required: [], optional: ["thumbnailProductRetailerId"] },
  MULTI_PRODUCT: { required: ["sections"], optional: ["thumbnailProductRetailerId"] },
  ORDER_DETAILS: { required: ["action"], optional: [] },
  VOICE_CALL: { required: [], optional: ["callValidityPeriod", "callContextPayload"] },
} as const satisfies Record<string, ButtonForm>;

interface ButtonForm {
  readonly required: readonly Member[];
  readonly optional: readonly Member[];
  readonly lengthMax?: number;
}

export type ButtonType = keyof typeof BUTTONS;
export const BUTTON_TYPES = Object.keys(BUTTONS) as readonly ButtonType[];
/** A card of a carousel has no others that take a parameter. */
export const CARD_BUTTON_TYPES = ["QUICK_REPLY", "URL"] as const satisfies readonly ButtonType[];

export interface TemplateProductSection {
  readonly title: string;
  readonly productRetailerIds: readonly string[];
}

/** What a button takes; the names are Infobip's. */
export interface TemplateButtonInput {
  /** Left out, it is looked up. */
  readonly type?: ButtonType;
  /** QUICK_REPLY: its payload. URL: the end of the address. COPY_CODE: the code of a coupon. */
  readonly parameter?: string;
  /** FLOW */
  readonly flowToken?: string;
  /** FLOW: the data of its first screen. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** CATALOG, MULTI_PRODUCT */
  readonly thumbnailProductRetailerId?: string;
  /** MULTI_PRODUCT */
  readonly sections?: readonly TemplateProductSection[];
  /** ORDER_DETAILS: the order with its payment, as Infobip has it. */
  readonly action?: Readonly<Record<string, unknown>>;
  /** VOICE_CALL, in minutes. */
  readonly callValidityPeriod?: number;
  /** VOICE_CALL */
  readonly callContextPayload?: string;
}

type Member = Exclude<keyof TemplateButtonInput, "type">;
type Loose = Readonly<Record<string, unknown>>;
type TypedButton = TemplateButtonInput & { readonly type: ButtonType };

/** Whether each button has what its type takes, as far as the type is written. */
export function checkButtons(value: unknown, path: string): readonly Violation[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((button, index) => {
    if (typeof button !== "object" || button === null) return [];
    const { type } = button as Loose;
    return isButtonType(type) ? checkMembers(button as Loose, type, `${path}[${index}]`) : [];
  });
}

function checkMembers(button: Loose, type: ButtonType, path: string): readonly Violation[] {
  const { required, optional, lengthMax }: ButtonForm = BUTTONS[type];
  const given = Object.keys(button).filter((name) => name !== "type" && button[name] !== undefined);
  const known: readonly string[] = [...required, ...optional];
  const { parameter } = button;
  const isLong = lengthMax !== undefined && typeof parameter === "string" && Array.from(parameter).length > lengthMax;
  return [
    ...required
      .filter((name) => !given.includes(name))
      .map((name) => ({ property: `${path}.${name}`, violation: `is required by a button of type ${type}` })),
    ...given
      .filter((name) => !known.includes(name))
      .map((name) => ({ property: `${path}.${name}`, violation: `does not belong to a button of type ${type}` })),
    ...(isLong
      ? [
          {
            property: `${path}.parameter`,
            violation: `must be at most ${lengthMax} characters in a button of type ${type}`,
          },
        ]
      : []),
  ];
}

/** Which of a template's buttons stand in a send: those that take something. */
export function readButtons(buttons: readonly Loose[]): readonly ButtonType[] {
  return buttons.flatMap(({ type, url }) => {
    if (!isButtonType(type)) return [];
    // A URL without a placeholder always leads to the same place, and takes no parameter.
    return type !== "URL" || (typeof url === "string" && url.includes("{{")) ? [type] : [];
  });
}

type CompletedButtons =
  | { readonly buttons: readonly TypedButton[]; readonly violations?: undefined }
  | { readonly violations: readonly Violation[]; readonly buttons?: undefined };

/** The buttons with their types, or every way in which they do not fit the template's. */
export function completeButtons(
  buttons: readonly TemplateButtonInput[],
  wanted: readonly ButtonType[],
  path: string,
): CompletedButtons {
  const choices = choicesOf(wanted).filter((choice) => choice.filter(Boolean).length === buttons.length);
  const [first] = choices.map((choice) => fill(buttons, wanted, choice, path)).toSorted(byViolations);
  if (first !== undefined) return first;
  const violation =
    wanted.length === 0
      ? "are not in the template, or take no parameter"
      : `must be ${wanted.length}, in the template's order: ${wanted.join(", ")}`;
  return { violations: [{ property: path, violation }] };
}

/**
 * Which buttons a send may give: all; without the quick replies, which go without payloads all together or not at all,
 * since which one was meant could not be told; without those that need nothing, which are then filled in.
 */
function choicesOf(wanted: readonly ButtonType[]): readonly (readonly boolean[])[] {
  const isReply = (type: ButtonType) => type === "QUICK_REPLY";
  const isBare = (type: ButtonType) => BUTTONS[type].required.length === 0;
  return [
    wanted.map(() => true),
    wanted.map((type) => !isReply(type)),
    wanted.map((type) => !isBare(type)),
    wanted.map((type) => !isReply(type) && !isBare(type)),
  ];
}

/** The choice that the buttons fit; else the one that gives the most buttons, which comes first. */
function byViolations(left: CompletedButtons, right: CompletedButtons): number {
  return Number(left.violations !== undefined) - Number(right.violations !== undefined);
}

function fill(
  buttons: readonly TemplateButtonInput[],
  wanted: readonly ButtonType[],
  choice: readonly boolean[],
  path: string,
): CompletedButtons {
  const violations: Violation[] = [];
  const filled: TypedButton[] = [];
  let given = 0;
  for (const [index, type] of wanted.entries()) {
    if (choice[index] === true) {
      const button = buttons[given] ?? {};
      violations.push(...fitting(button, type, `${path}[${given}]`));
      filled.push({ ...button, type });
      given += 1;
    } else if (type !== "QUICK_REPLY") {
      filled.push({ type });
    }
  }
  return violations.length > 0 ? { violations } : { buttons: filled };
}

function fitting(button: TemplateButtonInput, type: ButtonType, path: string): readonly Violation[] {
  if (button.type !== undefined && button.type !== type) {
    return [{ property: `${path}.type`, violation: `must be ${type}, as in the template` }];
  }
  return checkMembers({ ...button }, type, path);
}

function isButtonType(value: unknown): value is ButtonType {
  return BUTTON_TYPES.some((type) => type === value);
}
