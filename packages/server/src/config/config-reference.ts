import { describeAccepted, SECTIONS, type Section, type Setting } from "./settings.ts";

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

/** The whole of docs/configuration.md. */
export function configReference(): string {
  return `${[INTRODUCTION, ...SECTIONS.map(sectionText)].join("\n\n")}\n`;
}
