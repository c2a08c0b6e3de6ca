import { definition as componentDefinition, referencePage } from "@posthorn/component";
import { defineCommand } from "./command.ts";

export const definition = defineCommand({
  name: "definition",
  summary: "Print the definition of the component infobip/v1.",
  options: {
    page: { kind: "flag", description: "Print its reference page (Markdown) instead of the JSON." },
    json: { kind: "flag", description: "Print JSON, which is the default." },
  },
  async run({ values }, { terminal }) {
    terminal.out(values.page ? referencePage().trimEnd() : JSON.stringify(componentDefinition(), null, 2));
    return "OK";
  },
});
