import { seconds } from "../clock.ts";
import { GraphError } from "../errors.ts";
import { type EmulatedFlow, errorsOf } from "../flows.ts";
import { isObject, type JsonObject, valueAt } from "../json.ts";
import { FLOW_PREVIEW_MS } from "../limits.ts";
import { ObjectReader } from "../messages/read.ts";
import type { World } from "../world.ts";
import { pageOf, pickFields } from "./listing.ts";
import type { EdgeTable, GraphRequest } from "./router.ts";

const SUCCESS = { success: true };
/** `fields` with arguments, as in `preview.invalidate(false)`. */
const ARGUMENTS = /\.\w+\([^)]*\)/g;

function viewOf({ id, name, status, categories, errors }: EmulatedFlow): JsonObject {
  return { id, name, status, categories, validation_errors: errors };
}

async function readerOf({ body }: GraphRequest): Promise<ObjectReader> {
  const given = await body();
  if (!isObject(given)) throw new GraphError(100, "The body is not an object");
  return new ObjectReader(given, "");
}

/** In forms a list is JSON. */
function categoriesIn(request: ObjectReader): readonly string[] | null {
  const given = valueAt(request.object, "categories");
  if (given === undefined) return null;
  const list: unknown = typeof given === "string" ? parsed(given) : given;
  if (Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "string")) return list;
  throw new GraphError(100, "categories is a list of texts");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

async function create({ flows }: World, request: GraphRequest): Promise<JsonObject> {
  const given = await readerOf(request);
  const name = given.text("name");
  const cloned = given.optionalText("clone_flow_id");
  if (flows.list(request.objectId).some((flow) => flow.name === name)) {
    throw new GraphError(100, `name: there is a flow ${name} already`);
  }
  const original = cloned === null ? undefined : flows.find(cloned);
  if (cloned !== null && original === undefined) throw new GraphError(100, "clone_flow_id is of no flow");
  const flow = flows.add(request.objectId, name, categoriesIn(given) ?? ["OTHER"], original);
  return { id: flow.id };
}

function mustBe(flow: EmulatedFlow, status: EmulatedFlow["status"]): void {
  if (flow.status !== status) throw new GraphError(100, `The flow is ${flow.status}, and has to be ${status}`);
}

async function update(flow: EmulatedFlow, request: GraphRequest): Promise<JsonObject> {
  mustBe(flow, "DRAFT");
  const given = await readerOf(request);
  flow.name = given.optionalText("name") ?? flow.name;
  flow.categories = categoriesIn(given) ?? flow.categories;
  return SUCCESS;
}

async function upload(flow: EmulatedFlow, request: GraphRequest): Promise<JsonObject> {
  mustBe(flow, "DRAFT");
  const given = await readerOf(request);
  if (given.text("asset_type") !== "FLOW_JSON") throw new GraphError(100, "asset_type is FLOW_JSON");
  const file = valueAt(given.object, "file");
  if (!(file instanceof Blob)) throw new GraphError(100, "file is a file");
  flow.json = parsed(await file.text());
  flow.errors = errorsOf(flow.json);
  return { ...SUCCESS, validation_errors: flow.errors };
}

type FlowHandler = (flow: EmulatedFlow, request: GraphRequest) => Promise<JsonObject> | JsonObject;

export function flowEdges(world: World, urlOf: () => string): EdgeTable {
  const { flows, numbers, settings } = world;
  const ofAccount =
    (answer: (request: GraphRequest) => JsonObject | Promise<JsonObject>) =>
    (request: GraphRequest): Promise<{ readonly json: JsonObject }> | undefined =>
      numbers.account(request.objectId) === undefined
        ? undefined
        : Promise.resolve(request)
            .then(answer)
            .then((json) => ({ json }));
  const ofFlow =
    (answer: FlowHandler) =>
    (request: GraphRequest): Promise<{ readonly json: JsonObject }> | undefined => {
      const flow = flows.find(request.objectId);
      return flow === undefined
        ? undefined
        : Promise.resolve(request)
            .then((given) => answer(flow, given))
            .then((json) => ({ json }));
    };
  const linkTo = ({ id }: EmulatedFlow) => `${urlOf()}/emulator/flows?id=${id}`;
  const previewOf = (flow: EmulatedFlow) => {
    const expiresAt = Number(seconds(settings.clock.now() + FLOW_PREVIEW_MS)) * 1000;
    const text = new Date(expiresAt).toISOString().replace(".000Z", "+0000");
    return { preview_url: linkTo(flow), expires_at: text };
  };
  const become = (from: EmulatedFlow["status"], to: EmulatedFlow["status"]) =>
    ofFlow((flow) => {
      mustBe(flow, from);
      if (flow.errors.length > 0) throw new GraphError(100, "The flow's JSON has errors");
      flow.status = to;
      return SUCCESS;
    });
  return {
    "GET flows": ofAccount(({ objectId, query }) => pageOf(flows.list(objectId).map(viewOf), query)),
    "POST flows": ofAccount((request) => create(world, request)),
    "GET ": ofFlow((flow, { query }) => {
      const asked = new URLSearchParams(query);
      asked.set("fields", (query.get("fields") ?? "id,name,status,categories").replaceAll(ARGUMENTS, ""));
      return pickFields({ ...viewOf(flow), preview: previewOf(flow) }, asked);
    }),
    "POST ": ofFlow(update),
    "DELETE ": ofFlow((flow) => {
      mustBe(flow, "DRAFT");
      flows.remove(flow);
      return SUCCESS;
    }),
    "GET assets": ofFlow((flow) => ({
      data: [{ name: "flow.json", asset_type: "FLOW_JSON", download_url: linkTo(flow) }],
    })),
    "POST assets": ofFlow(upload),
    "POST publish": become("DRAFT", "PUBLISHED"),
    "POST deprecate": become("PUBLISHED", "DEPRECATED"),
  };
}

/** Where the links of flows lead. */
export function flowPaths({ flows }: World): EdgeTable {
  return {
    "GET /emulator/flows": ({ query }) => {
      const flow = flows.find(query.get("id") ?? "");
      if (flow === undefined) throw new GraphError(100, "id is of no flow", { http: 404 });
      return { json: flow.json };
    },
  };
}
