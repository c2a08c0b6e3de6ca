import type { TSchema } from "typebox";
import { CARRIER_TYPES, ROUTE_CARRIER_SCHEMA, ROUTE_SCHEMA, RULE_SCHEMA } from "./entries-schema.ts";
import { describeAccepted, leafOf, SECTIONS, type Section, type Setting } from "./settings.ts";

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

function row(setting: Setting): string {
  const fallback = setting.default === "" ? "(empty)" : `\`${setting.default}\``;
  const description = setting.isSecret ? `${setting.description} Secret: never printed.` : setting.description;
  const cells = [`\`${setting.path}\``, fallback, describeAccepted(setting), `\`${setting.variable}\``, description];
  return `| ${cells.map(cell).join(" | ")} |`;
}

function sectionText(section: Section): string {
  return [
    `## ${section.name}`,
    "",
    section.description,
    "",
    "| Setting | Default | Accepts (unit) | Environment variable | What it does |",
    "|---|---|---|---|---|",
    ...section.settings.map(row),
  ].join("\n");
}

const INTRODUCTION = `# Configuration

<!-- Made from packages/server/src/config/schema.ts by \`npm run docs\`; a test compares. Change it there. -->

Posthorn runs without any configuration. A setting is given in one of three places; a later one overrides those before it:

1. a YAML file, named by \`--config\` or \`POSTHORN_CONFIG\`;
2. an environment variable;
3. a flag with the setting's path: \`--http.port 9000\`.

\`\`\`yaml
http:
  port: 9000
log:
  level: debug
\`\`\`

Everything is checked before anything starts: unknown names and wrong values are refused, all at once, those of the file
with their line. Numbers in the environment and in flags are plain digits (\`8080\`), switches are \`true\` or \`false\`.
\`posthorn config print\` shows every setting with its value and where it came from.`;

const ENTRIES = `## carriers, routes, rules

These three are named in the file alone. A list with one value may be written as the value.

\`\`\`yaml
carriers:
  first: {type: sandbox}
  second: {type: sandbox, deliveryDelayMs: 2000}
routes:
  home: [first, second]     # in short for {carriers: [first, second]}
  abroad:
    split: weight
    carriers:
      - {carrier: first, weight: 3}
      - {carrier: second, weight: 1}
rules:
  - {channel: SMS, country: HR, sender: Shop*, route: home}
  - {route: abroad}
\`\`\`

A secret never stands in the file: an entry that needs one names an environment variable or a file that holds it.`;

interface EntrySchema extends TSchema {
  description: string;
  properties?: Readonly<Record<string, EntrySchema>>;
  required?: readonly string[];
  items?: EntrySchema;
  default?: string | number | boolean;
  const?: string;
}

/** The table of an entry, and one for each mapping that stands in it. */
function carrierText(type: string, schema: TSchema): string {
  const { properties = {} } = schema as EntrySchema;
  const inner = Object.entries(properties).flatMap(([name, member]) => {
    const mapping = member.items ?? member;
    return mapping.properties === undefined ? [] : [entryText(`${name} of a carrier of type ${type}`, mapping)];
  });
  return [entryText(`A carrier of type ${type}`, schema), ...inner].join("\n\n");
}

function entryText(title: string, schema: TSchema): string {
  const { description, properties = {}, required = [] } = schema as EntrySchema;
  const rows = Object.entries(properties).map(([name, member]) => {
    const isRequired = member.default === undefined && required.includes(name);
    const fallback = member.default === undefined ? (isRequired ? "required" : "-") : `\`${member.default}\``;
    const cells = [name, fallback, acceptedBy(name, member), member.description];
    return `| ${cells.map(cell).join(" | ")} |`;
  });
  return [
    `### ${title}`,
    "",
    description,
    "",
    "| Member | Default | Accepts | What it does |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function acceptedBy(name: string, schema: EntrySchema): string {
  if (schema.items?.properties !== undefined) return "a list, see below";
  if (schema.properties !== undefined) return "a mapping, see below";
  if (schema.items !== undefined) return `a list: ${acceptedBy(name, schema.items)}`;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  return describeAccepted(leafOf(name, schema));
}

const entryTexts = (): readonly string[] => [
  ENTRIES,
  ...Object.entries(CARRIER_TYPES).map(([type, schema]) => carrierText(type, schema)),
  entryText("A route", ROUTE_SCHEMA),
  entryText("A carrier of a route", ROUTE_CARRIER_SCHEMA),
  entryText("A rule", RULE_SCHEMA),
];

/** The whole of docs/configuration.md. */
export function configReference(): string {
  return `${[INTRODUCTION, ...SECTIONS.map(sectionText), ...entryTexts()].join("\n\n")}\n`;
}
