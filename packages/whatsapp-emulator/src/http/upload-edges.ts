import { GraphError } from "../errors.ts";
import { isObject, type JsonObject } from "../json.ts";
import { UPLOADS_MAX } from "../limits.ts";
import { APP_ID, UPLOADED_PATH, type UploadSession } from "../uploads.ts";
import type { World } from "../world.ts";
import { readOctets } from "./body.ts";
import type { EdgeTable, GraphRequest } from "./router.ts";

async function open({ uploads }: World, { query, body, raw }: GraphRequest): Promise<JsonObject> {
  const given = await body();
  const text = (name: string): string => {
    const value = query.get(name) ?? (isObject(given) ? given[name] : undefined);
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const session = uploads.open(text("file_name"), text("file_type"), text("file_length"));
  // As Meta's, which clients have to send back with the rest.
  return { id: `${session.id}?sig=${Buffer.from(raw.headers.host ?? "").toString("base64url")}` };
}

async function take({ uploads }: World, session: UploadSession, { raw, query }: GraphRequest): Promise<JsonObject> {
  if (!/^OAuth /i.test(raw.headers.authorization ?? "")) {
    throw new GraphError(190, "An upload has its token in the header Authorization, after OAuth");
  }
  if (query.get("sig") === null) throw new GraphError(100, "The session's id ends with ?sig=");
  if (raw.headers["file_offset"] !== "0")
    throw new GraphError(100, "The header file_offset is 0: nothing has come yet");
  const octets = await readOctets(raw, session.fileLength);
  if (octets.byteLength < session.fileLength) {
    throw new GraphError(100, `${octets.byteLength} octets came, and file_length is ${session.fileLength}`);
  }
  return { h: uploads.finish(session, octets) };
}

/** Uploads to the app: a session, and its octets in one piece. */
export function uploadEdges(world: World): EdgeTable {
  let underWay = 0;
  const bounded = async (session: UploadSession, request: GraphRequest): Promise<{ readonly json: JsonObject }> => {
    if (underWay >= UPLOADS_MAX) throw new GraphError(131016, `${UPLOADS_MAX} uploads are under way`);
    underWay += 1;
    try {
      return { json: await take(world, session, request) };
    } finally {
      underWay -= 1;
    }
  };
  return {
    "POST uploads": (request) =>
      request.objectId === APP_ID ? open(world, request).then((json) => ({ json })) : undefined,
    "POST ": (request) => {
      const session = world.uploads.session(request.objectId);
      return session === undefined ? undefined : bounded(session, request);
    },
  };
}

/** Shown to everybody, as pictures of profiles are. */
export function uploadedPaths({ uploads }: World): EdgeTable {
  return {
    [`GET ${UPLOADED_PATH}`]: ({ query }) => {
      const found = uploads.atKey(query.get("key") ?? "");
      if (found === undefined) throw new GraphError(131052, "Nothing was uploaded here", { http: 404 });
      return { data: found.data, contentType: found.mimeType };
    },
  };
}

/** A template's components with the URLs of their examples in place of the handles, as Meta shows them. */
export function withExampleUrls<Value>({ uploads }: World, url: string, value: Value): Value {
  return JSON.parse(JSON.stringify(value), (name, member: unknown) => {
    if (name !== "header_handle" || !Array.isArray(member)) return member;
    return member.map((handle) => {
      const path = typeof handle === "string" ? uploads.pathOf(handle) : undefined;
      return path === undefined ? handle : `${url}${path}`;
    });
  }) as Value;
}
