/** What requests about templates say, checked. */
import {
  type AuthenticationStructure,
  isAuthentication,
  type TemplateCategory,
  type TemplateStructure,
  templateViolations,
  validityViolations,
} from "@posthorn/contract";
import { InvalidRequest } from "../kernel/invalid-request.ts";
import { mustHaveNone } from "./records.ts";
import { authenticationStructure, shownStructure, type StoredTemplate } from "./template-view.ts";

/** Octets of a template's structure: ten cards with two buttons each and short texts have a fifth of it. */
const STRUCTURE_BYTES_MAX = 32 * 1024;
const ORDERS: Readonly<Record<string, (template: StoredTemplate) => string>> = {
  category: ({ category }) => category,
  language: ({ language }) => language ?? "",
  name: ({ name }) => name,
  status: ({ status }) => status,
  templateId: ({ id }) => id.padStart(20, "0"),
};

export function nameInvalid(property: string): InvalidRequest {
  return new InvalidRequest(property, 'must match "[a-z0-9_]{1,512}"');
}

/** As it is kept and shown. @throws InvalidProperties */
export function checkedStructure(category: TemplateCategory, structure: object): TemplateStructure {
  if (Buffer.byteLength(JSON.stringify(structure)) > STRUCTURE_BYTES_MAX) {
    throw new InvalidRequest("structure", `must not have more than ${STRUCTURE_BYTES_MAX} bytes`);
  }
  mustHaveNone(templateViolations(category, structure));
  if (isAuthentication(category, structure)) return authenticationStructure(structure as AuthenticationStructure);
  return shownStructure(structure as TemplateStructure);
}

export function validityOf(category: TemplateCategory, period: NonNullable<StoredTemplate["validityPeriod"]>) {
  if (category === "AUTHENTICATION") return validityViolations(period);
  return [{ property: "validityPeriod", violation: "is only for templates of the category AUTHENTICATION" }];
}

export function splitList(value: string | readonly string[] | undefined): readonly string[] {
  return [value ?? []].flat().flatMap((text) => text.split(",").map((item) => item.trim()));
}

export function valuesOf(property: string, value: string | readonly string[] | undefined, known: readonly string[]) {
  if (value === undefined) return null;
  const values = splitList(value);
  if (values.some((each) => !known.includes(each))) {
    throw new InvalidRequest(property, `must be one of [${known.join(", ")}]`);
  }
  return new Set(values);
}

export function orderOf(text: string) {
  const [property = "", direction = "ASC"] = text.split(",").map((part) => part.trim());
  const by = Object.hasOwn(ORDERS, property) ? ORDERS[property] : undefined;
  if (by === undefined || (direction !== "ASC" && direction !== "DESC")) {
    throw new InvalidRequest("orderBy", `must be one of [${Object.keys(ORDERS).join(", ")}], with ,ASC or ,DESC`);
  }
  const sign = direction === "ASC" ? 1 : -1;
  return (a: StoredTemplate, b: StoredTemplate) => sign * (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0);
}
