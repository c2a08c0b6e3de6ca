/** What Meta's API does about one number: its rating, its profile, its key, its registration. */
import {
  type AddSender,
  type BusinessInfo,
  type CallingPermission,
  formatDate,
  SenderStatus,
} from "@posthorn/contract";
import type { SenderPublicKey, UpdateBusinessInfo } from "@posthorn/contract";
import { Fault } from "../../kernel/faults.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import type { CodeRequest, Logo, NumberAdministration, SenderRating } from "../sender-administration.ts";
import type { GraphAdmin } from "./graph-admin.ts";
import { type Json, known, numberIn, objectIn, objectsIn, textIn, timeIn } from "./json.ts";
import type { CloudSecrets } from "./secrets.ts";
import type { CloudUploads } from "./uploads.ts";

export interface NumberOptions {
  readonly graph: GraphAdmin;
  /** @throws RequestRefused where the configuration names no business account */
  readonly account: () => string;
  readonly senders: readonly { readonly number: string; readonly phoneNumberId: string }[];
  readonly secrets: Pick<CloudSecrets, "registrationPin">;
  readonly uploads: CloudUploads;
}

type Vertical = BusinessInfo["vertical"];

/** Infobip's name of a trade, and Meta's. */
const VERTICALS: readonly (readonly [Vertical, string])[] = [
  ["AUTOMOTIVE", "AUTO"],
  ["BEAUTY_AND_SPA_AND_SALON", "BEAUTY"],
  ["CLOTHING_AND_APPAREL", "APPAREL"],
  ["EDUCATION", "EDU"],
  ["ENTERTAINMENT", "ENTERTAIN"],
  ["EVENT_PLANNING_AND_SERVICE", "EVENT_PLAN"],
  ["FINANCE_AND_BANKING", "FINANCE"],
  ["FOOD_AND_GROCERY", "GROCERY"],
  ["PUBLIC_SERVICE", "GOVT"],
  ["HOTEL_AND_LODGING", "HOTEL"],
  ["MEDICAL_AND_HEALTH", "HEALTH"],
  ["NON_PROFIT", "NONPROFIT"],
  ["PROFESSIONAL_SERVICES", "PROF_SERVICES"],
  ["SHOPPING_AND_RETAIL", "RETAIL"],
  ["TRAVEL_AND_TRANSPORTATION", "TRAVEL"],
  ["RESTAURANT", "RESTAURANT"],
  ["OTHER", "OTHER"],
];
const PROFILE_FIELDS = "about,address,description,email,vertical,websites";

const RATINGS: Readonly<Record<string, SenderRating["qualityRating"]>> = {
  GREEN: "HIGH",
  YELLOW: "MEDIUM",
  RED: "LOW",
};
/** Meta's names are Infobip's, but for these. */
const OTHER_STATUSES: Readonly<Record<string, SenderRating["status"]>> = {
  LINKED: "CONNECTED",
  UNLINKED: "DISCONNECTED",
};
/** The two smallest are older than Infobip's, and stand for those that took their places. */
const LIMITS: Readonly<Record<string, SenderRating["currentLimit"]>> = {
  TIER_50: "LIMIT_250",
  TIER_250: "LIMIT_250",
  TIER_1K: "LIMIT_2K",
  TIER_2K: "LIMIT_2K",
  TIER_10K: "LIMIT_10K",
  TIER_100K: "LIMIT_100K",
  TIER_UNLIMITED: "UNLIMITED",
};
const CODE_METHODS = { EXTERNAL_SMS: "SMS", EXTERNAL_VOICE: "VOICE" } as const;
const LOCALE_DEFAULT = "en_US";
const MEDIA_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** Undefined: a word of Meta's that is not known here. */
export function limitNamed(value: unknown): SenderRating["currentLimit"] | undefined {
  return LIMITS[textIn(value) ?? ""];
}

/** Undefined: Meta says none, or a word that is not known here. */
function statusNamed(name = "UNKNOWN"): SenderRating["status"] | undefined {
  return OTHER_STATUSES[name] ?? SenderStatus.enum.find((same) => same === name && same !== "UNKNOWN");
}

export class CloudNumbers implements NumberAdministration {
  readonly #options: NumberOptions;
  readonly #graph: GraphAdmin;
  readonly #ids: ReadonlyMap<string, string>;

  constructor(options: NumberOptions) {
    this.#options = options;
    this.#graph = options.graph;
    this.#ids = new Map(options.senders.map(({ number, phoneNumberId }) => [number, phoneNumberId]));
  }

  async rating(sender: string): Promise<SenderRating> {
    const number = await this.#get(sender, "", "quality_rating,status,messaging_limit_tier,code_verification_status");
    const isVerified = textIn(number["code_verification_status"]) === "VERIFIED";
    return {
      qualityRating: RATINGS[textIn(number["quality_rating"]) ?? ""] ?? "UNKNOWN",
      status: statusNamed(textIn(number["status"])) ?? (isVerified ? "UNKNOWN" : "UNVERIFIED"),
      currentLimit: limitNamed(number["messaging_limit_tier"]) ?? "LIMIT_NA",
    };
  }

  async profile(sender: string): Promise<BusinessInfo> {
    const [first = {}] = objectsIn((await this.#get(sender, "/whatsapp_business_profile", PROFILE_FIELDS))["data"]);
    const { verified_name: displayName } = await this.#get(sender, "", "verified_name");
    // Meta's document has one more layer than Meta's answers.
    const profile = { ...first, ...objectIn(first["business_profile"]) };
    const text = (name: string) => textIn(profile[name]) ?? "";
    const websites = profile["websites"];
    return {
      about: text("about"),
      address: text("address"),
      description: text("description"),
      email: text("email"),
      vertical: VERTICALS.find(([, meta]) => meta === profile["vertical"])?.[0] ?? "UNKNOWN",
      websites: Array.isArray(websites) ? websites.filter((url) => typeof url === "string") : [],
      displayName: textIn(displayName) ?? "",
    };
  }

  async updateProfile(sender: string, { vertical, logoUrl, ...changes }: UpdateBusinessInfo) {
    const trade = VERTICALS.find(([name]) => name === vertical)?.[1];
    if (vertical !== undefined && trade === undefined)
      throw new RequestRefused(400, "vertical: WhatsApp has no UNKNOWN.");
    const picture =
      logoUrl === undefined || logoUrl === ""
        ? undefined
        : await this.#options.uploads.handleOf({ url: logoUrl, format: "LOGO", property: "logoUrl" });
    await this.#graph.succeed({
      method: "POST",
      path: `${this.#id(sender)}/whatsapp_business_profile`,
      json: known({ messaging_product: "whatsapp", ...changes, vertical: trade, profile_picture_handle: picture }),
    });
  }

  async logo(sender: string): Promise<Logo | null> {
    const answer = await this.#get(sender, "/whatsapp_business_profile", "profile_picture_url");
    const [first = {}] = objectsIn(answer["data"]);
    const url = textIn({ ...first, ...objectIn(first["business_profile"]) }["profile_picture_url"]);
    return url === undefined ? null : this.#options.uploads.picture(url);
  }

  async publicKey(sender: string): Promise<SenderPublicKey> {
    const answer = await this.#get(sender, "/whatsapp_business_encryption");
    const [listed] = objectsIn(answer["data"]);
    const { business_public_key: key, business_public_key_signature_status: status } = listed ?? answer;
    // Forms carry the ends of lines as CR LF.
    const publicKey = textIn(key)?.replaceAll("\r\n", "\n") ?? " ";
    return { publicKey, publicKeySignatureStatus: textIn(status) ?? "MISMATCH" };
  }

  async uploadPublicKey(sender: string, pem: string) {
    const path = `${this.#id(sender)}/whatsapp_business_encryption`;
    await this.#graph.succeed({ method: "POST", path, form: { business_public_key: pem } });
  }

  async callingPermission(sender: string, userNumber: string): Promise<CallingPermission> {
    const path = `${this.#id(sender)}/call_permissions`;
    const answer = await this.#graph.ask({ method: "GET", path, query: { user_wa_id: userNumber } });
    const permission = objectIn(answer["permission"]);
    const expiresAt = timeIn(permission["expiration_time"]);
    return {
      status: permissionOf(textIn(permission["status"]) ?? "", expiresAt),
      actions: objectsIn(answer["actions"]).flatMap(actionOf),
      ...(expiresAt === undefined ? {} : { expirationTime: formatDate(expiresAt) }),
    };
  }

  async deleteMedia(sender: string, mediaId: string) {
    if (!MEDIA_ID.test(mediaId)) throw new RequestRefused(404, "Media not found");
    const query = { phone_number_id: this.#id(sender) };
    await this.#graph.succeed({ method: "DELETE", path: mediaId, query });
  }

  async add({ countryCode, phoneNumber, displayName }: AddSender): Promise<string> {
    const digits = (text: string) => text.replaceAll(/\D/g, "");
    const answer = await this.#graph.ask({
      method: "POST",
      path: `${this.#options.account()}/phone_numbers`,
      json: { cc: digits(countryCode), phone_number: digits(phoneNumber), verified_name: displayName },
    });
    const id = textIn(answer["id"]);
    if (id === undefined) throw new Fault("CARRIER_UNREACHABLE", { detail: "the answer has no id" });
    return id;
  }

  async requestCode(numberId: string, { type, locale = LOCALE_DEFAULT }: CodeRequest) {
    const json = { code_method: CODE_METHODS[type], language: locale };
    await this.#graph.succeed({ method: "POST", path: `${numberId}/request_code`, json });
  }

  async verify(numberId: string, code: string) {
    await this.#graph.succeed({ method: "POST", path: `${numberId}/verify_code`, json: { code } });
    const { registrationPin: pin } = this.#options.secrets;
    if (pin === null) return;
    const json = { messaging_product: "whatsapp", pin };
    await this.#graph.succeed({ method: "POST", path: `${numberId}/register`, json });
  }

  #get(sender: string, edge: string, fields?: string): Promise<Json> {
    const query = fields === undefined ? {} : { query: { fields } };
    return this.#graph.ask({ method: "GET", path: `${this.#id(sender)}${edge}`, ...query });
  }

  #id(sender: string): string {
    const id = this.#ids.get(sender);
    if (id === undefined) throw new RequestRefused(404, "Sender not found");
    return id;
  }
}

/** Meta's document and its answers have different words; what ends is temporary. */
function permissionOf(status: string, expiresAt: number | undefined): CallingPermission["status"] {
  if (["temporary", "permanent"].includes(status)) return status === "temporary" ? "TEMPORARY" : "PERMANENT";
  if (status !== "granted") return "NO_PERMISSION";
  return expiresAt === undefined ? "PERMANENT" : "TEMPORARY";
}

type CallingAction = CallingPermission["actions"][number];
const ACTIONS: Readonly<Record<string, CallingAction["name"]>> = {
  start_call: "START_CALL",
  send_call_permission_request: "SEND_CALL_PERMISSION_REQUEST",
};

/** None: an action that Infobip has not. */
function actionOf(action: Json): readonly CallingAction[] {
  const name = ACTIONS[textIn(action["action_name"]) ?? ""];
  if (name === undefined) return [];
  return [
    { name, canPerformAction: action["can_perform_action"] === true, limits: objectsIn(action["limits"]).map(limitOf) },
  ];
}

function limitOf(limit: Json): CallingAction["limits"][number] {
  const endsAt = timeIn(limit["limit_expiration_time"]);
  return {
    timePeriod: textIn(limit["time_period"]) ?? "",
    maxAllowed: numberIn(limit["max_allowed"]) ?? 0,
    currentUsage: numberIn(limit["current_usage"]) ?? 0,
    ...(endsAt === undefined ? {} : { limitExpirationTime: formatDate(endsAt) }),
  };
}
