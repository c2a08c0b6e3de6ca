/** Writes what is made from the component's data: the reference page and the golden definition. Run after a meant change. */
import { mkdirSync, writeFileSync } from "node:fs";
import { definition } from "./definition.ts";
import { referencePage } from "./reference-page.ts";

const PAGE = new URL("../../../docs/reference/infobip_v1.md", import.meta.url);
mkdirSync(new URL(".", PAGE), { recursive: true });
writeFileSync(PAGE, referencePage());
writeFileSync(new URL("../test/definition.golden.json", import.meta.url), `${JSON.stringify(definition(), null, 2)}\n`);
