/** Flows of the business account, which Meta alone keeps. */
import {
  type CreateFlow,
  type Flow,
  FlowCategory,
  type FlowJson,
  type FlowJsonError,
  FlowStatus,
  type UpdateFlow,
} from "@posthorn/contract";
import { Fault } from "../../kernel/faults.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import type { FlowAdministration } from "../sender-administration.ts";
import type { GraphAdmin } from "./graph-admin.ts";
import { type Json, known, numberIn, objectIn, objectsIn, textIn } from "./json.ts";

export interface FlowOptions {
  readonly graph: GraphAdmin;
  /** @throws RequestRefused where the configuration names no business account */
  readonly account: () => string;
}

const FLOW_FIELDS = "id,name,categories,status";
const FLOWS_PAGE = 100;
const PAGES_MAX = 50;
const FLOW_ID = /^\d{1,32}$/;

export class CloudFlows implements FlowAdministration {
  readonly #account: () => string;
  readonly #graph: GraphAdmin;

  constructor({ graph, account }: FlowOptions) {
    this.#graph = graph;
    this.#account = account;
  }

  async list(): Promise<readonly Flow[]> {
    const account = this.#account();
    const flows: Flow[] = [];
    let after: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const more = after === undefined ? {} : { after };
      const query = { fields: FLOW_FIELDS, limit: String(FLOWS_PAGE), ...more };
      const answer = await this.#graph.ask({ method: "GET", path: `${account}/flows`, query });
      const found = objectsIn(answer["data"]);
      flows.push(...found.flatMap((flow) => flowIn(flow, Number(account))));
      const next = textIn(objectIn(objectIn(answer["paging"])["cursors"])["after"]);
      if (found.length === 0 || next === undefined || next === after) break;
      after = next;
    }
    return flows;
  }

  async create({ name, categories, cloneFlowId }: CreateFlow): Promise<Flow> {
    const account = this.#account();
    const form = {
      name,
      categories: JSON.stringify(categories),
      ...(cloneFlowId === undefined ? {} : { clone_flow_id: cloneFlowId }),
    };
    const answer = await this.#graph.ask({ method: "POST", path: `${account}/flows`, form });
    const id = textIn(answer["id"]);
    if (id === undefined) throw new Fault("CARRIER_UNREACHABLE", { detail: "the answer has no id" });
    return { id, name, businessAccountId: Number(account), categories: [...categories], status: "DRAFT" };
  }

  async update(flowId: string, { name, categories }: UpdateFlow) {
    const form = {
      ...(name === undefined ? {} : { name }),
      ...(categories === undefined ? {} : { categories: JSON.stringify(categories) }),
    };
    await this.#graph.succeed({ method: "POST", path: pathOf(flowId), form });
  }

  async delete(flowId: string) {
    await this.#graph.succeed({ method: "DELETE", path: pathOf(flowId) });
  }

  async publish(flowId: string) {
    await this.#graph.succeed({ method: "POST", path: `${pathOf(flowId)}/publish` });
  }

  async deprecate(flowId: string) {
    await this.#graph.succeed({ method: "POST", path: `${pathOf(flowId)}/deprecate` });
  }

  async addJson(flowId: string, json: FlowJson): Promise<readonly FlowJsonError[]> {
    const file = new Blob([JSON.stringify(json)], { type: "application/json" });
    const form = { file, name: "flow.json", asset_type: "FLOW_JSON" };
    const answer = await this.#graph.ask({ method: "POST", path: `${pathOf(flowId)}/assets`, form });
    return objectsIn(answer["validation_errors"]).map(errorIn);
  }

  async jsonUrl(flowId: string): Promise<string> {
    const answer = await this.#graph.ask({ method: "GET", path: `${pathOf(flowId)}/assets` });
    const assets = objectsIn(answer["data"]);
    const url = textIn(assets.find((asset) => asset["asset_type"] === "FLOW_JSON")?.["download_url"]);
    if (url === undefined) throw new RequestRefused(404, "The flow has no JSON.");
    return url;
  }

  async preview(flowId: string): Promise<{ readonly url: string; readonly expiresAt: number }> {
    const query = { fields: "preview.invalidate(false)" };
    const answer = await this.#graph.ask({ method: "GET", path: pathOf(flowId), query });
    const preview = objectIn(answer["preview"]);
    const [url, expiresAt] = [textIn(preview["preview_url"]), Date.parse(textIn(preview["expires_at"]) ?? "")];
    if (url === undefined || Number.isNaN(expiresAt)) throw new RequestRefused(404, "The flow has no preview.");
    return { url, expiresAt };
  }
}

function pathOf(flowId: string): string {
  if (FLOW_ID.test(flowId)) return flowId;
  const action = "Please check the flowId and try again.";
  throw new RequestRefused(404, "Flow not found.", { errorCode: "WA-FLOW-ID404", action });
}

/** None: it has no id or no status that Infobip knows. */
function flowIn(flow: Json, businessAccountId: number): readonly Flow[] {
  const id = textIn(flow["id"]);
  const status = FlowStatus.enum.find((each) => each === flow["status"]);
  if (id === undefined || status === undefined) return [];
  const given = flow["categories"];
  const categories = (Array.isArray(given) ? given : []).map(
    (name: unknown) => FlowCategory.enum.find((each) => each === name) ?? ("UNKNOWN" as const),
  );
  return [{ id, name: textIn(flow["name"]) ?? "", businessAccountId, categories, status }];
}

function errorIn(error: Json): FlowJsonError {
  return known({
    error: textIn(error["error"]),
    errorType: textIn(error["error_type"]),
    message: textIn(error["message"]),
    lineStart: numberIn(error["line_start"]),
    lineEnd: numberIn(error["line_end"]),
    columnStart: numberIn(error["column_start"]),
    columnEnd: numberIn(error["column_end"]),
  });
}
