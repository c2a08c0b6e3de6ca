import type { Action } from "./core/action.ts";
import { COMPONENT, isActionName, taskType } from "./core/component.ts";
import type { NamedProperty, Property } from "./core/properties.ts";

/**
 * The component's reference page in Markdown: the reference component's headings, tables and examples, made from the
 * definition. Written to docs/reference/infobip_v1.md; a test holds that file equal.
 */
export function referencePage(): string {
  const { title, description, categories } = COMPONENT;
  const blocks = [
    `---\ntitle: ${JSON.stringify(title)}\ndescription: ${JSON.stringify(description)}\n---`,
    description,
    `Categories: ${categories.map(({ name }) => name).join(", ")}`,
    `Type: ${COMPONENT.name}/v${COMPONENT.version}`,
    "<hr />",
    ...connectionBlocks(),
    "<hr />",
    "## Actions",
    ...Object.values(COMPONENT.actions).flatMap((action) => actionBlocks(action as unknown as Action<never, never>)),
    "<hr />",
    ...instructionBlocks(),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function connectionBlocks(): readonly string[] {
  const { version, title, properties } = COMPONENT.connection;
  return ["## Connections", `Version: ${version}`, `### ${title}`, "#### Properties", inputTable(properties)];
}

function actionBlocks(action: Action<never, never>): readonly string[] {
  return [
    `### ${action.title}`,
    `Name: ${action.name}`,
    action.description,
    "#### Properties",
    inputTable(action.properties),
    "#### Output",
    `Type: ${action.output.type}`,
    "#### Properties",
    outputTable(action.output.properties),
    "#### JSON Example",
    `\`\`\`json\n${exampleJson(exampleTask(action))}\n\`\`\``,
  ];
}

/** The page's own last part: how to get the two values of a connection, and what a base URL may look like. */
function instructionBlocks(): readonly string[] {
  return [
    "# Additional instructions",
    "<hr />",
    "## CONNECTION",
    "Against Infobip: sign in to the portal; the home page shows the base URL of the account, and the developer tools hold the API keys. A key needs the scope `sms:message:send` for Send SMS and `whatsapp:message:send` for both Whatsapp actions; with `account-management:manage` the connection test also shows the balance.",
    "A template's language and the types of its header and buttons are looked up when they are left out, which needs the scope `whatsapp:manage`; with all of them written the scope for sending is enough.",
    "Against Posthorn: the key is one that the server made, the base URL is the server's address.",
    "The base URL may be written with or without `https://`, with a port and with a trailing slash. `http://` is used only when it is written. A path is dropped, because the API sits at the root of its host.",
  ];
}

function inputTable(properties: readonly NamedProperty[]): string {
  const rows = properties.map((property) => {
    const { name, label = "", description = "", required = false } = property;
    return row([name, label, typeCell(property), description, String(required)]);
  });
  const head = "|      Name       |      Label     |     Type     |     Description     | Required |";
  return [head, "|:---------------:|:--------------:|:------------:|:-------------------:|:--------:|", ...rows].join(
    "\n",
  );
}

function outputTable(properties: readonly NamedProperty[]): string {
  const rows = properties.map((property) => row([property.name, typeCell(property), property.description ?? ""]));
  const head = "|     Name     |     Type     |     Description     |";
  return [head, "|:------------:|:------------:|:-------------------:|", ...rows].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A type, with the types inside it in a part that opens. */
function typeCell(property: Property): string {
  switch (property.type) {
    case "ARRAY":
      return `ARRAY <details> <summary> Items </summary> [${property.items.map((item) => innerType(item)).join(", ")}] </details>`;
    case "OBJECT":
      if (property.isOpen === true) return "OBJECT";
      return `OBJECT <details> <summary> Properties </summary> ${innerType(property, false)} </details>`;
    case "DYNAMIC_PROPERTIES":
      return `DYNAMIC_PROPERTIES <details> <summary> Depends On </summary> ${property.propertiesDependOn.join(", ")} </details>`;
    case "STRING":
    case "INTEGER":
    case "NUMBER":
      return property.type;
  }
}

/** `STRING\(messageId)` or `{INTEGER\(groupId), …}\(status)`; the backslash keeps Markdown from reading a link. */
function innerType(property: Property, withName = true): string {
  const name = property.name === undefined || withName === false ? "" : `\\(${property.name})`;
  switch (property.type) {
    case "ARRAY":
      return `[${property.items.map((item) => innerType(item)).join(", ")}]${name}`;
    case "OBJECT":
      if (property.isOpen === true) return `OBJECT${name}`;
      return `{${property.properties.map((inner) => innerType(inner)).join(", ")}}${name}`;
    case "STRING":
    case "INTEGER":
    case "NUMBER":
    case "DYNAMIC_PROPERTIES":
      return `${property.type}${name}`;
  }
}

function exampleTask(action: Action<never, never>): Record<string, unknown> {
  if (!isActionName(action.name)) throw new Error(`${action.name} is not in the component's table`);
  const parameters = Object.fromEntries(action.properties.map((property) => [property.name, emptyValue(property)]));
  return { label: action.title, name: action.name, parameters, type: taskType(action.name) };
}

function emptyValue(property: Property): unknown {
  switch (property.type) {
    case "STRING":
      return property.options?.[0] ?? "";
    case "INTEGER":
      return 1;
    case "NUMBER":
      return 0;
    case "DYNAMIC_PROPERTIES":
      return {};
    case "ARRAY":
      return property.items.map(emptyValue);
    case "OBJECT":
      return Object.fromEntries(property.properties.map((inner) => [inner.name, emptyValue(inner)]));
  }
}

/** JSON as the reference page prints it: `"a" : 1`, arrays on one line. */
function exampleJson(value: unknown, indent = ""): string {
  if (Array.isArray(value)) return `[ ${value.map((item) => exampleJson(item, indent)).join(", ")} ]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Object.keys(value).length === 0) return "{ }";
  const inner = `${indent}  `;
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${JSON.stringify(name)} : ${exampleJson(member, inner)}`,
  );
  return `{\n${members.join(",\n")}\n${indent}}`;
}
