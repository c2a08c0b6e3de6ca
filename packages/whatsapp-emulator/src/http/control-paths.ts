/** The emulator's own paths, for those who run it as a program: what was sent, and writing as a user. */
import { GraphError, isOptionError } from "../errors.ts";
import type { ReceiveOptions } from "../inbound-content.ts";
import { isObject, valueAt } from "../json.ts";
import { ObjectReader } from "../messages/read.ts";
import type { Emulator, NumberChange, TemplateChange } from "../options.ts";
import { STATUS_NAMES } from "../behaviour.ts";
import type { EdgeTable, GraphRequest } from "./router.ts";

/** Types whose content has to be given; media and what is not supported have one of the emulator's own. */
const CONTENTS: Readonly<Record<string, (message: ObjectReader) => void>> = {
  text: (message) => message.child("text").text("body"),
  location: (message) => {
    const location = message.child("location");
    location.number("latitude", -90, 90);
    location.number("longitude", -180, 180);
  },
  contacts: (message) => message.children("contacts", 1, 100),
  reaction: (message) => message.child("reaction").text("message_id"),
  button: (message) => {
    message.child("button").text("payload");
    message.child("button").text("text");
  },
  interactive: (message) => {
    const interactive = message.child("interactive");
    interactive.child(interactive.choice("type", ["button_reply", "list_reply", "nfm_reply"]));
  },
  order: (message) => {
    message.child("order").text("catalog_id");
    message.child("order").children("product_items", 1, 100);
  },
  system: (message) => {
    const system = message.child("system");
    if (system.optionalText("identity") === null) system.text("wa_id");
  },
  unsupported: () => {},
};
const MEDIA = ["image", "audio", "video", "document", "sticker"];

async function readReceive({ body }: GraphRequest): Promise<ReceiveOptions> {
  const given = await body();
  if (!isObject(given)) throw new GraphError(100, "The body is not an object");
  const message = new ObjectReader(given, "");
  const type = message.choice("type", [...Object.keys(CONTENTS), ...MEDIA]);
  if (MEDIA.includes(type)) {
    const data = message.optionalChild(type)?.optionalText("data", { min: 0 }) ?? null;
    // In JSON bytes are base64.
    if (data === null) return given as unknown as ReceiveOptions;
    const content = { ...(valueAt(given, type) as object), data: Buffer.from(data, "base64") };
    return { ...given, [type]: content } as unknown as ReceiveOptions;
  }
  CONTENTS[type]?.(message);
  for (const name of ["from", "userId", "profileName", "phoneNumberId", "inReplyTo"]) message.optionalText(name);
  return given as unknown as ReceiveOptions;
}

/** What cannot be is an answer here, and no fault of the emulator. */
function tried<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw isOptionError(error) ? new GraphError(100, error.message) : error;
  }
}

type Controlled = Pick<
  Emulator,
  "messages" | "received" | "webhooks" | "receive" | "sendStatus" | "changeTemplate" | "changeNumber" | "clear"
>;

async function readerOf({ body }: GraphRequest): Promise<ObjectReader> {
  const given = await body();
  if (!isObject(given)) throw new GraphError(100, "The body is not an object");
  return new ObjectReader(given, "");
}

async function readTemplateChange(request: GraphRequest): Promise<TemplateChange> {
  const given = await readerOf(request);
  const choose = (name: string, choices: readonly string[]) =>
    given.has(name) ? given.choice(name, choices) : undefined;
  return {
    name: given.text("name"),
    language: given.text("language"),
    ...withoutUndefined({
      wabaId: given.optionalText("wabaId") ?? undefined,
      status: choose("status", ["APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"]),
      quality: choose("quality", ["GREEN", "YELLOW", "RED", "UNKNOWN"]),
      category: choose("category", ["AUTHENTICATION", "MARKETING", "UTILITY"]),
    }),
  };
}

async function readNumberChange(request: GraphRequest): Promise<NumberChange> {
  const given = await readerOf(request);
  return withoutUndefined({
    phoneNumberId: given.optionalText("phoneNumberId") ?? undefined,
    quality: given.has("quality") ? given.choice("quality", ["GREEN", "YELLOW", "RED", "NA"]) : undefined,
    limit: given.optionalText("limit") ?? undefined,
  });
}

function withoutUndefined(members: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

export function controlPaths(emulator: Controlled): EdgeTable {
  return {
    "GET /emulator/messages": ({ query }) => {
      const to = query.get("to");
      const messages = emulator.messages().filter((message) => to === null || message.to === to);
      return { json: { messages: messages.toReversed() } };
    },
    "DELETE /emulator/messages": () => {
      emulator.clear();
      return { json: { success: true } };
    },
    "GET /emulator/received": () => ({ json: { messages: emulator.received().toReversed() } }),
    "GET /emulator/webhooks": () => ({ json: { webhooks: emulator.webhooks().toReversed() } }),
    "POST /emulator/inbound": async (request) => {
      const options = await readReceive(request);
      return { json: tried(() => emulator.receive(options)) };
    },
    "POST /emulator/templates": async (request) => {
      const change = await readTemplateChange(request);
      tried(() => emulator.changeTemplate(change));
      return { json: { success: true } };
    },
    "POST /emulator/numbers": async (request) => {
      const change = await readNumberChange(request);
      tried(() => emulator.changeNumber(change));
      return { json: { success: true } };
    },
    "POST /emulator/statuses": async ({ body }) => {
      const given = await body();
      if (!isObject(given)) throw new GraphError(100, "The body is not an object");
      const request = new ObjectReader(given, "");
      const [id, status] = [request.text("id"), request.choice("status", STATUS_NAMES)];
      tried(() => emulator.sendStatus({ id, status }));
      return { json: { success: true } };
    },
  };
}
