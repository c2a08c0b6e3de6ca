/** Bodies that are forms with files. */
import { errorCodes, type FastifyInstance, type FastifyRequest } from "fastify";
import { InvalidRequest } from "../kernel/invalid-request.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The body is a form with files. */
    takesUpload?: true;
  }
}

/** Octets of a form with a file: what is uploaded today is a key of some 450 octets. */
const UPLOAD_BYTES_MAX = 64 * 1024;

/**
 * Node's own parser reads the form. It needs the whole of it in memory, which the limit keeps small; a form of large
 * files would need one that streams.
 */
export function registerUploads(app: FastifyInstance) {
  app.addContentTypeParser(
    "multipart/form-data",
    { parseAs: "buffer", bodyLimit: Math.min(UPLOAD_BYTES_MAX, app.initialConfig.bodyLimit ?? UPLOAD_BYTES_MAX) },
    async ({ routeOptions, headers }: FastifyRequest, body: Buffer) => {
      const type = headers["content-type"] ?? "";
      if (routeOptions.config.takesUpload !== true) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type);
      return textsOf(type, body);
    },
  );
}

/** Each part as text, files too. @throws InvalidRequest where it is no such form */
async function textsOf(type: string, body: Buffer): Promise<Record<string, string>> {
  // Without a prototype: names are the client's.
  const texts = Object.create(null) as Record<string, string>;
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
  } catch {
    throw new InvalidRequest("body", "must be multipart/form-data");
  }
  for (const [name, value] of form) texts[name] = typeof value === "string" ? value : await value.text();
  return texts;
}
