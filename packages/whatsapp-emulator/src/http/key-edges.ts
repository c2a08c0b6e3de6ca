/** What a number may do beside sending: its key for flows, and whom it may call. */
import { GraphError } from "../errors.ts";
import { isObject, type JsonObject } from "../json.ts";
import { ObjectReader } from "../messages/read.ts";
import type { BusinessNumber } from "../numbers.ts";
import type { World } from "../world.ts";
import type { EdgeTable, GraphRequest } from "./router.ts";

const SUCCESS = { success: true };
const PUBLIC_KEY = /^-----BEGIN PUBLIC KEY-----[\s\S]+-----END PUBLIC KEY-----\s*$/;
/** What nobody has given a key answers. */
const NO_KEY = { business_public_key: " ", business_public_key_signature_status: "MISMATCH" };

type NumberHandler = (number: BusinessNumber, request: GraphRequest) => Promise<JsonObject> | JsonObject;

async function uploadKey(number: BusinessNumber, { body }: GraphRequest): Promise<JsonObject> {
  const given = await body();
  if (!isObject(given)) throw new GraphError(100, "The body is not an object");
  const key = new ObjectReader(given, "").text("business_public_key");
  if (!PUBLIC_KEY.test(key)) throw new GraphError(100, "business_public_key is a public key in PEM");
  number.publicKey = key;
  return SUCCESS;
}

/** Nobody has allowed calls, and everybody may be asked to. */
function permission({ query }: GraphRequest): JsonObject {
  const user = query.get("user_wa_id") ?? "";
  if (!/^\d{5,15}$/.test(user)) throw new GraphError(100, "user_wa_id is a number");
  return {
    messaging_product: "whatsapp",
    permission: { status: "denied" },
    actions: [
      { action_name: "start_call", can_perform_action: false },
      {
        action_name: "send_call_permission_request",
        can_perform_action: true,
        limits: [{ time_period: "24h", current_usage: 0, max_allowed: 1 }],
      },
    ],
  };
}

export function keyEdges({ numbers }: World): EdgeTable {
  const ofNumber =
    (answer: NumberHandler) =>
    (request: GraphRequest): Promise<{ readonly json: JsonObject }> | undefined => {
      const number = numbers.find(request.objectId);
      return number === undefined
        ? undefined
        : Promise.resolve(request)
            .then((given) => answer(number, given))
            .then((json) => ({ json }));
    };
  return {
    "GET whatsapp_business_encryption": ofNumber(({ publicKey }) => ({
      data: [
        publicKey === null ? NO_KEY : { business_public_key: publicKey, business_public_key_signature_status: "VALID" },
      ],
    })),
    "POST whatsapp_business_encryption": ofNumber(uploadKey),
    "GET call_permissions": ofNumber((_number, request) => permission(request)),
  };
}
