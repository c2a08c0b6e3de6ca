/** A template's structure, as Infobip's requests have it, in the components that Meta makes it of. */
import {
  type AuthenticationStructure,
  isAuthentication,
  type Template,
  type TemplateCategory,
  type TemplateStructure,
} from "@posthorn/contract";
import { type Json, known, objectIn, textIn } from "./json.ts";
import type { NamedFile } from "./uploads.ts";

/** Formats whose example is a file of Meta's, uploaded before. */
const FILE_FORMATS = ["IMAGE", "VIDEO", "GIF", "DOCUMENT"] as const;
/** Words that Meta wants on buttons where Infobip's customers choose none. */
const CATALOG_TEXT = "View catalog";
const PRODUCTS_TEXT = "View items";
const ORDER_TEXTS: Readonly<Record<string, string>> = { BRAZIL: "Copy Pix code", INDIA: "Review and Pay" };
const CALL_TEXT = "Call now";

/** Files that stand as examples in headers; each has to be uploaded, and is named by its handle then. */
export function exampleFilesOf(structure: object): readonly NamedFile[] {
  const { header, carousel } = structure as TemplateStructure;
  const headers: readonly (readonly [string, unknown])[] = [
    ["header", header],
    ...(carousel?.cards ?? []).map((card, index) => [`carousel.cards[${index}].header`, card.header] as const),
  ];
  return headers.flatMap(([path, value]) => {
    const { format, example } = objectIn(value);
    const known = FILE_FORMATS.find((each) => each === format);
    const url = textIn(example);
    if (known === undefined || url === undefined) return [];
    return [{ url, format: known, property: `structure.${path}.example` }];
  });
}

/** @param handles of the example files, by their URLs */
export function componentsOf(
  category: TemplateCategory,
  structure: object,
  handles: ReadonlyMap<string, string>,
): readonly Json[] {
  if (isAuthentication(category, structure)) return authenticationComponents(structure as AuthenticationStructure);
  const { header, body, footer, buttons, carousel, limitedTimeOffer, callPermissionRequest } =
    structure as TemplateStructure;
  return [
    ...(header === undefined ? [] : [headerOf(header, handles)]),
    bodyOf(body),
    ...(footer === undefined ? [] : [{ type: "FOOTER", text: footer.text }]),
    ...(limitedTimeOffer === undefined
      ? []
      : [
          {
            type: "LIMITED_TIME_OFFER",
            limited_time_offer: {
              text: limitedTimeOffer.text,
              has_expiration: limitedTimeOffer.hasExpiration ?? false,
            },
          },
        ]),
    ...(callPermissionRequest === undefined ? [] : [{ type: "CALL_PERMISSION_REQUEST" }]),
    ...(carousel === undefined
      ? []
      : [
          {
            type: "CAROUSEL",
            cards: carousel.cards.map((card) => ({
              components: [headerOf(card.header, handles), bodyOf(card.body), buttonsOf(card.buttons)],
            })),
          },
        ]),
    ...(buttons === undefined ? [] : [buttonsOf(buttons)]),
  ];
}

/** Meta writes the words. */
function authenticationComponents({ body, footer, buttons }: AuthenticationStructure): readonly Json[] {
  const { codeExpirationMinutes } = footer;
  return [
    known({ type: "BODY", add_security_recommendation: body.addSecurityRecommendation }),
    ...(codeExpirationMinutes === undefined
      ? []
      : [{ type: "FOOTER", code_expiration_minutes: codeExpirationMinutes }]),
    {
      type: "BUTTONS",
      buttons: buttons.map((button) => {
        const { otpType, text, autofillText, packageName, signatureHash } = button as Json;
        return known({
          type: "OTP",
          otp_type: otpType,
          text,
          autofill_text: autofillText,
          package_name: packageName,
          signature_hash: signatureHash,
        });
      }),
    },
  ];
}

function headerOf(header: object, handles: ReadonlyMap<string, string>): Json {
  const { format, text, example } = header as Readonly<Record<string, string | undefined>>;
  if (format === "TEXT") {
    return known({
      type: "HEADER",
      format,
      text,
      example: example === undefined ? undefined : { header_text: [example] },
    });
  }
  const handle = example === undefined ? undefined : handles.get(example);
  return known({ type: "HEADER", format, example: handle === undefined ? undefined : { header_handle: [handle] } });
}

function bodyOf({ text, examples = [] }: TemplateStructure["body"]): Json {
  return { type: "BODY", text, ...(examples.length === 0 ? {} : { example: { body_text: [[...examples]] } }) };
}

function buttonsOf(buttons: readonly object[]): Json {
  return { type: "BUTTONS", buttons: buttons.map((button) => buttonOf(button as Json)) };
}

function buttonOf(button: Json): Json {
  const { type, text, example } = button;
  switch (type) {
    case "PHONE_NUMBER":
      return { type, text, phone_number: button["phoneNumber"] };
    case "URL":
      return known({ type, text, url: button["url"], example: example === undefined ? undefined : [example] });
    case "COPY_CODE":
      return { type, example };
    case "FLOW":
      return known({
        type,
        text,
        flow_id: String(button["flowId"]),
        flow_action: textIn(button["flowAction"])?.toLowerCase(),
        navigate_screen: button["navigateScreen"],
      });
    case "CATALOG":
      return { type, text: CATALOG_TEXT };
    case "MULTI_PRODUCT":
      return { type: "MPM", text: PRODUCTS_TEXT };
    case "ORDER_DETAILS":
      return { type, text: ORDER_TEXTS[String(button["variant"])] };
    case "VOICE_CALL":
      return known({ type, text: text ?? CALL_TEXT, ttl_minutes: button["callValidityPeriod"] });
    default:
      return known({ type, text });
  }
}

/** Seconds that a message of the template may be delivered in; -1 is Meta's own for "as long as it takes". */
export function lifetimeOf({ amount, timeUnit = "MINUTES" }: NonNullable<Template["validityPeriod"]>): number {
  return amount < 0 || timeUnit === "SECONDS" ? amount : amount * 60;
}
