import { GraphError } from "../errors.ts";
import { MEDIA_PATH, UPLOADED_MEDIA_MS } from "../limits.ts";
import { kindsOf, type Media, MEDIA_KINDS } from "../media.ts";
import type { World } from "../world.ts";
import { readForm } from "./body.ts";
import type { EdgeTable, GraphRequest } from "./router.ts";

async function upload({ media }: World, { raw }: GraphRequest): Promise<Media> {
  const form = await readForm(raw);
  if (form.get("messaging_product") !== "whatsapp") {
    throw new GraphError(100, "messaging_product is required and is whatsapp");
  }
  const file = form.get("file");
  if (file === null || typeof file === "string") throw new GraphError(100, "file is required and is a file");
  const given = form.get("type");
  const mimeType = typeof given === "string" && given !== "" ? given : file.type;
  const [kind] = kindsOf(mimeType);
  if (kind === undefined) throw new GraphError(100, `type: ${mimeType || "nothing"} is no type that is taken`);
  const { bytesMax } = MEDIA_KINDS[kind];
  if (file.size === 0) throw new GraphError(131053, "file is empty");
  if (file.size > bytesMax) {
    throw new GraphError(131053, `file has ${file.size} bytes, and ${bytesMax} at most are allowed for ${kind}`);
  }
  return media.add(new Uint8Array(await file.arrayBuffer()), mimeType, UPLOADED_MEDIA_MS);
}

function checkNumber({ query }: GraphRequest, { numbers }: World): void {
  const phoneNumberId = query.get("phone_number_id");
  if (phoneNumberId !== null && numbers.find(phoneNumberId) === undefined) {
    throw new GraphError(100, "phone_number_id is no number of this business", { subcode: 33 });
  }
}

export function mediaEdges(world: World, urlOf: () => string): EdgeTable {
  const { media, numbers } = world;
  return {
    "POST media": (request) =>
      numbers.find(request.objectId) === undefined
        ? undefined
        : upload(world, request).then(({ id }) => ({ json: { id } })),
    "GET ": (request) => {
      const found = media.find(request.objectId);
      if (found === undefined) return undefined;
      checkNumber(request, world);
      return {
        json: {
          messaging_product: "whatsapp",
          url: `${urlOf()}${media.newPathOf(found)}`,
          mime_type: found.mimeType,
          sha256: found.sha256,
          // A text in Meta's OpenAPI.
          file_size: String(found.data.byteLength),
          id: found.id,
        },
      };
    },
    "DELETE ": (request) => {
      if (media.find(request.objectId) === undefined) return undefined;
      checkNumber(request, world);
      media.remove(request.objectId);
      return { json: { success: true } };
    },
  };
}

export function mediaPaths({ media }: World): EdgeTable {
  return {
    [`GET ${MEDIA_PATH}`]: ({ query }) => {
      const found = media.atPath(query.get("mid") ?? "", query.get("token") ?? "");
      if (found === undefined) throw new GraphError(131052, "The URL is wrong or too old", { http: 404 });
      return { data: found.data, contentType: found.mimeType };
    },
  };
}
