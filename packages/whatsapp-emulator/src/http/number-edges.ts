import { GraphError } from "../errors.ts";
import type { Ids } from "../ids.ts";
import { isObject, type JsonObject } from "../json.ts";
import { ObjectReader } from "../messages/read.ts";
import type { BusinessNumber } from "../numbers.ts";
import { isChallengeAnswered } from "../webhooks/handshake.ts";
import type { Poster } from "../webhooks/post.ts";
import { APP_ID } from "../uploads.ts";
import type { World } from "../world.ts";
import { pageOf, pickFields } from "./listing.ts";
import type { EdgeTable, GraphRequest } from "./router.ts";

const PIN = /^\d{6}$/;
/** Lengths of Meta's OpenAPI (WhatsAppBusinessProfileUpdateRequest). */
const ABOUT_MAX = 139;
const ADDRESS_MAX = 256;
const EMAIL_MAX = 128;
const DESCRIPTION_MAX = 512;
const WEBSITES_MAX = 2;

function viewOf(number: BusinessNumber): JsonObject {
  return {
    id: number.phoneNumberId,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    status: number.isRegistered ? "LINKED" : "UNLINKED",
    quality_rating: number.quality,
    code_verification_status: number.isVerified ? "VERIFIED" : "NOT_VERIFIED",
    account_mode: "LIVE",
    host_platform: "CLOUD_API",
    messaging_limit_tier: number.limit,
    is_official_business_account: false,
  };
}

async function readerOf(body: GraphRequest["body"]): Promise<ObjectReader> {
  const given = await body();
  if (!isObject(given)) throw new GraphError(100, "The body is not an object");
  return new ObjectReader(given, "");
}

function checkProduct(request: ObjectReader): void {
  if (request.object["messaging_product"] !== "whatsapp") {
    throw new GraphError(100, "messaging_product is required and is whatsapp");
  }
}

const SUCCESS = { success: true };

type NumberHandler = (number: BusinessNumber, request: GraphRequest) => Promise<JsonObject> | JsonObject;

async function register(number: BusinessNumber, { body }: GraphRequest): Promise<JsonObject> {
  const request = await readerOf(body);
  checkProduct(request);
  if (!PIN.test(request.text("pin"))) throw new GraphError(100, "pin has 6 digits");
  number.isRegistered = true;
  return SUCCESS;
}

async function updateProfile(
  { uploads }: World,
  url: string,
  number: BusinessNumber,
  { body }: GraphRequest,
): Promise<JsonObject> {
  const request = await readerOf(body);
  checkProduct(request);
  request.optionalText("about", { max: ABOUT_MAX });
  request.optionalText("address", { min: 0, max: ADDRESS_MAX });
  request.optionalText("email", { min: 0, max: EMAIL_MAX });
  request.optionalText("description", { min: 0, max: DESCRIPTION_MAX });
  const websites = request.object["websites"] ?? [];
  if (!Array.isArray(websites) || websites.length > WEBSITES_MAX) {
    throw new GraphError(131009, `websites are a list of ${WEBSITES_MAX} at most`);
  }
  const { profile_picture_handle: handle, ...profile } = request.object;
  const path = typeof handle === "string" ? uploads.pathOf(handle) : undefined;
  if (handle !== undefined && path === undefined) {
    throw new GraphError(100, "profile_picture_handle is none that an upload gave");
  }
  const picture = path === undefined ? {} : { profile_picture_url: `${url}${path}` };
  number.profile = { ...number.profile, ...profile, ...picture };
  return SUCCESS;
}

async function verifyCode(number: BusinessNumber, { body }: GraphRequest): Promise<JsonObject> {
  const code = (await readerOf(body)).text("code");
  if (number.verificationCode === null || code.replaceAll(/\D/g, "") !== number.verificationCode) {
    throw new GraphError(100, "code is wrong or was never asked for", { type: "GraphMethodException", http: 422 });
  }
  number.verificationCode = null;
  number.isVerified = true;
  return { ...SUCCESS, id: number.phoneNumberId };
}

async function addNumber({ numbers }: World, ids: Ids, { objectId, body }: GraphRequest): Promise<JsonObject> {
  const account = numbers.account(objectId);
  if (account === undefined) throw new GraphError(100, "There is no such business account", { subcode: 33 });
  const request = await readerOf(body);
  const [cc, own] = [request.optionalText("cc") ?? "", request.text("phone_number")];
  if (!/^\d{0,3}$/.test(cc) || !/^\d{4,14}$/.test(own)) throw new GraphError(100, "cc and phone_number are digits");
  const digits = `${cc}${own}`;
  if (numbers.numbers.some((number) => number.digits === digits)) {
    throw new GraphError(100, `phone_number: ${digits} belongs to an account already`);
  }
  const id = ids.object();
  const options = { phoneNumberId: id, displayPhoneNumber: `+${digits}`, wabaId: objectId };
  if (!numbers.add({ ...options, verifiedName: request.text("verified_name") }, account)) {
    throw new GraphError(100, "The emulator has as many numbers as it may have");
  }
  return { id };
}

/** Meta's handshake with an address that a request names; 100 where the address does not answer the challenge. */
async function checkedUrl(world: World, poster: Poster, request: ObjectReader, name: string): Promise<string | null> {
  if (!request.has(name)) return null;
  const url = request.url(name);
  const token = request.text("verify_token");
  if (await isChallengeAnswered(poster, url, token, world.settings.random)) return url;
  throw new GraphError(100, `${request.pathOf(name)} did not answer the challenge`, { subcode: 2200 });
}

export interface NumberParts {
  readonly world: World;
  readonly poster: Poster;
  readonly ids: Ids;
  readonly urlOf: () => string;
}

export function numberEdges({ world, poster, ids, urlOf }: NumberParts): EdgeTable {
  const { numbers, settings } = world;
  const ofNumber =
    (answer: NumberHandler) =>
    (request: GraphRequest): Promise<{ readonly json: JsonObject }> | undefined => {
      const number = numbers.find(request.objectId);
      if (number === undefined) return undefined;
      return Promise.resolve(answer(number, request)).then((json) => ({ json }));
    };
  return {
    "GET ": ofNumber((number, { query }) => pickFields(viewOf(number), query)),
    "POST ": ofNumber(async (number, { body, query }) => {
      const request = await readerOf(body);
      const configuration = request.optionalChild("webhook_configuration");
      const url =
        configuration === null ? null : await checkedUrl(world, poster, configuration, "override_callback_uri");
      if (configuration !== null) number.webhookUrl = url;
      number.verifiedName =
        query.get("new_display_name") ?? request.optionalText("new_display_name") ?? number.verifiedName;
      return SUCCESS;
    }),
    "POST register": ofNumber(register),
    "POST deregister": ofNumber((number) => {
      number.isRegistered = false;
      return SUCCESS;
    }),
    "POST request_code": ofNumber(async (number, { body }) => {
      const request = await readerOf(body);
      request.choice("code_method", ["SMS", "VOICE"]);
      request.text("language");
      number.verificationCode = String(Math.floor(settings.random() * 1e6)).padStart(6, "0");
      return SUCCESS;
    }),
    "POST verify_code": ofNumber(verifyCode),
    "GET whatsapp_business_profile": ofNumber((number, { query }) => ({ data: [pickFields(number.profile, query)] })),
    "POST whatsapp_business_profile": ofNumber((number, request) => updateProfile(world, urlOf(), number, request)),
    "POST phone_numbers": (request) =>
      numbers.account(request.objectId) === undefined
        ? undefined
        : addNumber(world, ids, request).then((json) => ({ json })),
    "GET phone_numbers": ({ objectId, query }) => {
      const account = numbers.account(objectId);
      return account === undefined ? undefined : { json: pageOf(account.numbers.map(viewOf), query) };
    },
  };
}

const APP = { id: APP_ID, name: "Posthorn", link: `https://www.facebook.com/games/?app_id=${APP_ID}` };

export function subscriptionEdges(world: World, poster: Poster): EdgeTable {
  const { numbers } = world;
  const accountOf = ({ objectId }: GraphRequest) => numbers.account(objectId);
  const viewOfApp = (overrideUrl: string | null): JsonObject => ({
    whatsapp_business_api_data: APP,
    ...(overrideUrl === null ? {} : { override_callback_uri: overrideUrl }),
  });
  return {
    "GET subscribed_apps": (request) => {
      const account = accountOf(request);
      if (account === undefined) return undefined;
      return { json: { data: account.isSubscribed ? [viewOfApp(account.overrideUrl)] : [] } };
    },
    "POST subscribed_apps": (request) => {
      const account = accountOf(request);
      if (account === undefined) return undefined;
      return readerOf(request.body)
        .then((given) => checkedUrl(world, poster, given, "override_callback_uri"))
        .then((url) => {
          account.isSubscribed = true;
          account.overrideUrl = url;
          return { json: url === null ? SUCCESS : { ...SUCCESS, data: [viewOfApp(url)] } };
        });
    },
    "DELETE subscribed_apps": (request) => {
      const account = accountOf(request);
      if (account === undefined) return undefined;
      Object.assign(account, { isSubscribed: false, overrideUrl: null });
      return { json: SUCCESS };
    },
  };
}
