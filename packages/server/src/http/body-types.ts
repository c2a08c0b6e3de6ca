/** Bodies and answers beside JSON: XML, and forms that stand for a query. */
import { ApiError, ApiException, type Envelope, readXml, writeXml } from "@posthorn/contract";
import {
  errorCodes,
  type FastifyContextConfig,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { Type, type TSchema } from "typebox";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { type PathSuffix, wantsXml, XML_TYPE } from "./answer-type.ts";
import { parseXml } from "./xml-parser.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The operation speaks XML, too. */
    xml?: { readonly suffix: PathSuffix; readonly response: TSchema };
    /** The body is a form, and means what the same parameters mean in the query. */
    isForm?: true;
  }
  interface FastifyRequest {
    answersXml: boolean;
  }
}

/**
 * Octets of a form. A GET has 16 KiB for everything; here a text of the greatest length fits with every octet written as
 * `%XX`.
 */
export const FORM_BYTES_MAX = 512 * 1024;
/**
 * Octets of a body in XML, however much a body may have otherwise: the parser takes some forty times its text while it
 * works. The largest request, of 10 000 messages, has half of this.
 */
const XML_BYTES_MAX = 4 * 1024 * 1024;
const FORM_TYPE = "application/x-www-form-urlencoded";
const IS_FORM = /^application\/x-www-form-urlencoded(?:\s*;|$)/i;
const ENVELOPES = { ApiError, ApiException } as const;
/** Operations without a body in their answer have no schema, and an error's is the envelope's. */
export const NO_ANSWER = Type.Object({}, { title: "Answer" });

export function registerBodyTypes(app: FastifyInstance) {
  app.decorateRequest("answersXml", false);
  app.addContentTypeParser(
    ["application/xml", "text/xml"],
    { parseAs: "buffer", bodyLimit: Math.min(XML_BYTES_MAX, app.initialConfig.bodyLimit ?? XML_BYTES_MAX) },
    async (request: FastifyRequest, body: Buffer) => {
      const { config, schema } = request.routeOptions;
      if (isNothing(request, body)) return undefined;
      if (config.xml === undefined || schema?.body === undefined) throw unsupported(request);
      refuseOtherCharset(request.headers["content-type"] ?? "");
      return readXml(schema.body as TSchema, parseXml(body));
    },
  );
  app.addContentTypeParser(FORM_TYPE, { parseAs: "string" }, async (request: FastifyRequest, body: string) => {
    if (isNothing(request, body)) return undefined;
    if (request.routeOptions.config.isForm !== true) throw unsupported(request);
    return formOf(body);
  });
}

/** Clients name a type also where an operation has no body and they send none; curl says it is a form. */
function isNothing({ routeOptions }: FastifyRequest, body: Buffer | string): boolean {
  return body.length === 0 && routeOptions.schema?.body === undefined;
}

function unsupported(request: FastifyRequest): Error {
  return new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(request.headers["content-type"] ?? "");
}

/** The header is above the document's own declaration (RFC 7303, 3.2). */
function refuseOtherCharset(contentType: string) {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? "utf-8";
  if (charset !== "utf-8" && charset !== "us-ascii") throw new InvalidRequest("body", "must be in UTF-8");
}

/** As a query is read: a name that comes more than once is a list. */
function formOf(body: string): Record<string, unknown> {
  // Without a prototype: names are the client's.
  const form = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(body)) {
    const before = form[name];
    if (before === undefined) form[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else form[name] = [before, value];
  }
  return form;
}

/** Before the schema looks: from here on a form is a query. What the path's own query says beside it is kept. */
export function formToQuery(request: FastifyRequest) {
  if (request.body === undefined || request.body === null) return;
  // JSON has a parser on every route, and is no form.
  if (!IS_FORM.test(request.headers["content-type"] ?? "")) throw unsupported(request);
  request.query = { ...(request.query as object), ...request.body };
  request.body = undefined;
}

export function envelopeText(envelope: Envelope, body: object): string {
  return writeXml(ENVELOPES[envelope], body);
}

/** To be called before anything can fail, so that an error has the answer's type, too. */
export function chooseAnswerType(
  { xml, envelope = "ApiError" }: FastifyContextConfig,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  if (xml === undefined || !wantsXml(request.headers, xml.suffix)) return;
  request.answersXml = true;
  reply.type(XML_TYPE).serializer((value: unknown) => {
    if (typeof value === "string") return value;
    return writeXml(reply.statusCode >= 400 ? ENVELOPES[envelope] : xml.response, value);
  });
}
