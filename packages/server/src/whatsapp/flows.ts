import { type CreateFlow, type Flow, FLOW_JSON_BYTES_MAX, formatDate } from "@posthorn/contract";
import type { FlowJson, UpdateFlow } from "@posthorn/contract";
import type { FlowAdministration } from "../carrier/sender-administration.ts";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { secretHex } from "../kernel/random.ts";
import { type RefusalDetails, RequestRefused } from "../kernel/request-refused.ts";
import { defaultFlow, flowErrors, generateFlow, initialScreens } from "./flow-json.ts";
import { businessAccountOf, change, CountingIds, find, isNumber, KIND, list, put, putting } from "./records.ts";
import type { WhatsAppContext } from "./records.ts";
import { EXAMPLES } from "./rules.ts";

/** Where whoever has a link reads a flow. */
export const FLOW_LINKS_PATH = "/posthorn/1/whatsapp/flows";
/** Infobip's document states it. */
const PREVIEW_MS = 30 * 24 * 3_600_000;
const NAME_TAKEN_PREFIX = "taken";

export interface StoredFlow extends Pick<Flow, "id" | "name" | "businessAccountId" | "categories" | "status"> {
  readonly initialScreens?: readonly string[];
  readonly hasErrors: boolean;
  /** A part of its links, which nobody guesses. */
  readonly token: string;
  /** Until when a preview is shown. */
  readonly previewUntil?: number;
}

interface Place {
  readonly sender: string;
  readonly flowId: string;
}

/** Flows of a business account. They are kept in two documents, so that lists do not read what they do not show. */
export class FlowDesk {
  readonly #context: WhatsAppContext;
  readonly #ids = new CountingIds();

  constructor(context: WhatsAppContext) {
    this.#context = context;
  }

  async list(accountId: number, sender: string): Promise<{ flows: readonly Flow[] }> {
    const owner = await this.#owner(accountId, sender);
    const carried = this.#carried(accountId, sender);
    if (carried !== null) return { flows: await carried.list() };
    const flows = await list<StoredFlow>(this.#context, accountId, KIND.flow);
    return { flows: flows.filter(({ businessAccountId }) => businessAccountId === owner).map(toFlow) };
  }

  /** A flow to clone that is not kept here gives the JSON of a new one: it may have been made elsewhere. */
  async create(accountId: number, sender: string, request: CreateFlow): Promise<Flow> {
    const businessAccountId = await this.#owner(accountId, sender);
    const carried = this.#carried(accountId, sender);
    if (carried !== null) return carried.create(request);
    const { name, categories, cloneFlowId } = request;
    if (this.#context.isPlayed && name.startsWith(NAME_TAKEN_PREFIX)) {
      throw refused("Flow creation failed due to validation errors.", "Please use different flow name.", {
        property: "name",
        violation: "Flow with given name already exists.",
      });
    }
    const cloned =
      cloneFlowId === undefined ? null : await find<FlowJson>(this.#context, accountId, KIND.flowJson, cloneFlowId);
    const json = cloned ?? defaultFlow();
    const id = await this.#ids.next(accountId, async () =>
      (await list<StoredFlow>(this.#context, accountId, KIND.flow)).map((flow) => flow.id),
    );
    const token = secretHex(16);
    const hasErrors = flowErrors(json).length > 0;
    const flow: StoredFlow = { id, name, businessAccountId, categories, status: "DRAFT", hasErrors, token };
    await change(this.#context, [
      putting(this.#context, accountId, KIND.flow, id, flow),
      putting(this.#context, accountId, KIND.flowJson, id, json),
    ]);
    return toFlow(flow);
  }

  async update(accountId: number, place: Place, changes: UpdateFlow) {
    const carried = await this.#carriedAt(accountId, place);
    if (carried !== null) return carried.update(place.flowId, changes);
    const flow = await this.#find(accountId, place);
    mustBeDraft(flow);
    await this.#put(accountId, { ...flow, ...changes });
  }

  async delete(accountId: number, place: Place) {
    const carried = await this.#carriedAt(accountId, place);
    if (carried !== null) return carried.delete(place.flowId);
    const flow = await this.#find(accountId, place);
    if (flow.status !== "DRAFT")
      throw flowRefused("Deletion attempt failed.", "Cannot delete flow which is not in DRAFT status.");
    await change(this.#context, [
      { action: "delete", accountId, kind: KIND.flow, id: flow.id },
      { action: "delete", accountId, kind: KIND.flowJson, id: flow.id },
    ]);
  }

  async publish(accountId: number, place: Place) {
    const carried = await this.#carriedAt(accountId, place);
    if (carried !== null) return carried.publish(place.flowId);
    const flow = await this.#find(accountId, place);
    const failed = "Publishing attempt failed.";
    if (flow.status !== "DRAFT") throw flowRefused(failed, "Cannot publish flow which is not in DRAFT status.");
    if (flow.hasErrors) throw flowRefused(failed, "Cannot publish flow whose JSON has validation errors.");
    await this.#setStatus(accountId, flow, "PUBLISHED");
  }

  async deprecate(accountId: number, place: Place) {
    const carried = await this.#carriedAt(accountId, place);
    if (carried !== null) return carried.deprecate(place.flowId);
    const flow = await this.#find(accountId, place);
    const failed = "Deprecation attempt failed.";
    if (flow.status === "DEPRECATED") throw flowRefused(failed, "Cannot deprecate already deprecated flow.");
    if (flow.status === "DRAFT" && !isExample(flow)) {
      throw flowRefused(failed, "Cannot deprecate flow which is not published.");
    }
    await this.#setStatus(accountId, flow, "DEPRECATED");
  }

  /** Kept with its errors, as WhatsApp keeps it. */
  async addJson(accountId: number, place: Place, json: FlowJson) {
    if (Buffer.byteLength(JSON.stringify(json)) > FLOW_JSON_BYTES_MAX) {
      throw new InvalidRequest("body", `must not have more than ${FLOW_JSON_BYTES_MAX} bytes`);
    }
    const carried = await this.#carriedAt(accountId, place);
    if (carried !== null) return { validationErrors: [...(await carried.addJson(place.flowId, json))] };
    const flow = await this.#find(accountId, place);
    const validationErrors = flowErrors(json);
    mustBeDraft(flow);
    const next = { ...flow, hasErrors: validationErrors.length > 0, initialScreens: initialScreens(json) };
    await change(this.#context, [
      putting(this.#context, accountId, KIND.flow, flow.id, next),
      putting(this.#context, accountId, KIND.flowJson, flow.id, json),
    ]);
    return { validationErrors };
  }

  async jsonLink(accountId: number, place: Place, baseUrl: string) {
    const carried = await this.#carriedAt(accountId, place);
    if (carried !== null) return { externalDownloadUrl: await carried.jsonUrl(place.flowId) };
    const flow = await this.#find(accountId, place);
    return { externalDownloadUrl: `${linkTo(baseUrl, accountId, flow)}/json` };
  }

  async previewLink(accountId: number, place: Place, baseUrl: string) {
    const carried = await this.#carriedAt(accountId, place);
    if (carried !== null) {
      const { url, expiresAt } = await carried.preview(place.flowId);
      return { previewUrl: url, expiresAt: formatDate(expiresAt) };
    }
    const flow = await this.#find(accountId, place);
    const previewUntil = this.#context.clock.now() + PREVIEW_MS;
    await this.#put(accountId, { ...flow, previewUntil });
    return { previewUrl: `${linkTo(baseUrl, accountId, flow)}/preview`, expiresAt: formatDate(previewUntil) };
  }

  async generate(accountId: number, sender: string, { prompt, responseId }: { prompt: string; responseId?: string }) {
    await this.#owner(accountId, sender);
    return generateFlow(prompt, responseId);
  }

  /** What a link leads to; null: nothing, or a preview whose time is over. */
  async follow(link: string, isPreview: boolean): Promise<FlowJson | null> {
    const [, account = "", flowId = "", token = ""] = /^(\d{1,15})-(\d{1,15})-(\w{1,64})$/.exec(link) ?? [];
    if (token === "") return null;
    const flow = await find<StoredFlow>(this.#context, Number(account), KIND.flow, flowId);
    if (flow === null || flow.token !== token) return null;
    if (isPreview && (flow.previewUntil ?? 0) <= this.#context.clock.now()) return null;
    return find<FlowJson>(this.#context, Number(account), KIND.flowJson, flowId);
  }

  /** Infobip's examples publish one flow, deprecate it, change it and delete it, in no order that a flow could go. */
  async #setStatus(accountId: number, flow: StoredFlow, status: StoredFlow["status"]) {
    if (!isExample(flow)) await this.#put(accountId, { ...flow, status });
  }

  /** Null: they are kept here. */
  #carried(accountId: number, sender: string): FlowAdministration | null {
    return this.#context.administrationOf(accountId, sender)?.flows ?? null;
  }

  /** @throws RequestRefused 404 where it is no sender */
  async #carriedAt(accountId: number, { sender }: Place): Promise<FlowAdministration | null> {
    const carried = this.#carried(accountId, sender);
    if (carried !== null) await this.#owner(accountId, sender);
    return carried;
  }

  #put(accountId: number, flow: StoredFlow) {
    return put(this.#context, accountId, KIND.flow, flow.id, flow);
  }

  async #owner(accountId: number, sender: string): Promise<number> {
    if (!isNumber(sender)) {
      const action = "Please check the sender and try again.";
      throw new RequestRefused(404, "Sender not found.", { errorCode: "WA-FLOW-SENDER404", action });
    }
    return businessAccountOf(this.#context, accountId, sender);
  }

  async #find(accountId: number, { sender, flowId }: Place): Promise<StoredFlow> {
    const owner = await this.#owner(accountId, sender);
    const flow = await find<StoredFlow>(this.#context, accountId, KIND.flow, flowId);
    if (flow !== null && flow.businessAccountId === owner) return flow;
    const action = "Please check the flowId and try again.";
    throw new RequestRefused(404, "Flow not found.", { errorCode: "WA-FLOW-ID404", action });
  }
}

function linkTo(baseUrl: string, accountId: number, { id, token }: StoredFlow): string {
  return `${baseUrl}${FLOW_LINKS_PATH}/${accountId}-${id}-${token}`;
}

function toFlow({ id, name, businessAccountId, categories, status, initialScreens: screens }: StoredFlow): Flow {
  const shown = screens === undefined ? {} : { initialScreens: [...screens] };
  return { id, name, businessAccountId, categories, status, ...shown };
}

/** No other flow has its id: those count up from a higher one. */
const isExample = ({ id }: StoredFlow): boolean => id === EXAMPLES.flowId;

function mustBeDraft({ status }: StoredFlow) {
  if (status === "DRAFT") return;
  throw refused("Updating attempt failed.", "Please create new flow.", {
    property: "flowId",
    violation: "Flow can only be modified in DRAFT status.",
  });
}

function flowRefused(text: string, violation: string): RequestRefused {
  return refused(text, undefined, { property: "flowId", violation });
}

type Violation = NonNullable<RefusalDetails["violations"]>[number];

function refused(text: string, action: string | undefined, violation: Violation): RequestRefused {
  return new RequestRefused(400, text, { ...(action === undefined ? {} : { action }), violations: [violation] });
}
