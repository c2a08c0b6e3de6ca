import { runAfter } from "../clock.ts";
import { GraphError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { type TemplateEdit, readTemplateEdit, readTemplateRequest } from "../templates/create.ts";
import { gapsOf, isNamed } from "../templates/check-parameters.ts";
import { reviewOf } from "../templates/review.ts";
import type { Template } from "../templates/template-book.ts";
import { templateStatusValue } from "../webhooks/values.ts";
import type { World } from "../world.ts";
import { fitsFilter, pageOf, pickFields } from "./listing.ts";
import { withExampleUrls } from "./upload-edges.ts";
import type { EdgeTable, GraphRequest } from "./router.ts";

function viewOf({ id, name, language, status, category, components, quality }: Template): JsonObject {
  const texts = components.map(({ text }) => (typeof text === "string" ? text : ""));
  const parameter_format = isNamed(texts.flatMap(gapsOf)) ? "NAMED" : "POSITIONAL";
  return { name, language, status, category, parameter_format, components, quality_score: { score: quality }, id };
}

/** Looks at a template after `reviewDelayMs`, and tells by webhook what came of it. */
function review({ settings, activity, webhooks }: World, template: Template): void {
  const { clock, reviewDelayMs } = settings;
  if (reviewDelayMs <= 0) activity.begin();
  runAfter(clock, reviewDelayMs, () => {
    const { status, event, reason } = reviewOf(template.name);
    template.status = status ?? "APPROVED";
    const { wabaId, id, name, language, category } = template;
    if (event !== null) {
      const value = templateStatusValue({ event, id, name, language, category, reason });
      const field = "message_template_status_update";
      void webhooks.add({ wabaId, phoneNumberId: null, field, value, lane: wabaId });
    }
    if (reviewDelayMs <= 0) activity.end();
  });
}

async function create(world: World, url: string, { objectId, body }: GraphRequest): Promise<JsonObject> {
  const request = readTemplateRequest(await body());
  const { name, language } = request;
  if (world.templates.find(objectId, name, language) !== undefined || reviewOf(name).status === null) {
    throw new GraphError(100, `name: there is a template ${name} in ${language} already`, { subcode: 2388024 });
  }
  const template = world.templates.add({
    ...request,
    components: withExampleUrls(world, url, request.components),
    wabaId: objectId,
    status: "PENDING",
  });
  review(world, template);
  return { id: template.id, status: template.status, category: template.category };
}

async function edit(world: World, url: string, template: Template, body: GraphRequest["body"]): Promise<JsonObject> {
  const { category, components }: TemplateEdit = readTemplateEdit(await body(), template.category);
  if (category !== null) template.category = category;
  if (components !== null) template.components = withExampleUrls(world, url, components);
  template.status = "PENDING";
  review(world, template);
  return { success: true };
}

function remove({ templates }: World, { objectId, query }: GraphRequest): JsonObject {
  const name = query.get("name");
  const id = query.get("hsm_id");
  if (name === null) throw new GraphError(100, "name is required");
  const found = templates
    .list(objectId)
    .filter((template) => template.name === name && (id ?? template.id) === template.id);
  if (found.length === 0) throw new GraphError(100, `name: ${name} is no template`, { subcode: 2593002, http: 404 });
  for (const template of found) templates.remove(template);
  return { success: true };
}

function isListed(template: Template, query: URLSearchParams): boolean {
  const { name, status, language, category, components } = template;
  const wanted = query.get("name_or_content");
  return (
    fitsFilter(query, "name", name) &&
    fitsFilter(query, "status", status) &&
    fitsFilter(query, "language", language) &&
    fitsFilter(query, "category", category) &&
    (wanted === null || name.includes(wanted) || JSON.stringify(components).includes(wanted))
  );
}

export function templateEdges(world: World, urlOf: () => string): EdgeTable {
  const { templates, numbers } = world;
  const ofAccount =
    (answer: (request: GraphRequest) => JsonObject | Promise<JsonObject>) =>
    (request: GraphRequest): Promise<{ readonly json: JsonObject }> | undefined =>
      numbers.account(request.objectId) === undefined
        ? undefined
        : Promise.resolve(request)
            .then(answer)
            .then((json) => ({ json }));
  return {
    "GET message_templates": ofAccount(({ objectId, query }) => {
      const listed = templates.list(objectId).filter((template) => isListed(template, query));
      return pageOf(listed.map(viewOf), query);
    }),
    "POST message_templates": ofAccount((request) => create(world, urlOf(), request)),
    "DELETE message_templates": ofAccount((request) => remove(world, request)),
    "GET ": ({ objectId, query }) => {
      const template = templates.byId(objectId);
      return template === undefined ? undefined : { json: pickFields(viewOf(template), query) };
    },
    "POST ": ({ objectId, body }) => {
      const template = templates.byId(objectId);
      return template === undefined ? undefined : edit(world, urlOf(), template, body).then((json) => ({ json }));
    },
  };
}
