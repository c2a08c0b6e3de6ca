/**
 * Writes every generated document of docs/.
 *
 *   node scripts/docs.ts           writes what differs
 *   node scripts/docs.ts --check   writes nothing; exit status 1 when a document is not what its source says
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configReference } from "../packages/server/src/config/config-reference.ts";
import { referencePage } from "../packages/component/src/index.ts";
import { faultReference } from "../packages/server/src/kernel/fault-reference.ts";
import { sandboxReference } from "../packages/server/src/sandbox/sandbox-reference.ts";
import { simulatorReference } from "../packages/smpp/src/simulator/simulator-reference.ts";
import { whatsAppReference } from "../packages/server/src/whatsapp/whatsapp-reference.ts";
import { emulatorReference } from "../packages/whatsapp-emulator/src/emulator-reference.ts";
import { errorsPage } from "./docs/errors-page.ts";

interface Page {
  /** Relative to the repository's root. */
  readonly file: string;
  readonly render: () => string;
}

/** One line per generated document. */
const PAGES: readonly Page[] = [
  { file: "docs/configuration.md", render: configReference },
  { file: "docs/errors.md", render: errorsPage },
  { file: "docs/faults.md", render: faultReference },
  { file: "docs/reference/infobip_v1.md", render: referencePage },
  { file: "docs/sandbox.md", render: sandboxReference },
  { file: "docs/smsc.md", render: simulatorReference },
  { file: "docs/whatsapp-emulator.md", render: emulatorReference },
  { file: "docs/whatsapp-senders.md", render: whatsAppReference },
];

const isCheck = process.argv.includes("--check");
let stale = 0;
for (const { file, render } of PAGES) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const text = render();
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  if (isCheck) {
    stale += 1;
    console.error(`${file} is not what its source says: run \`npm run docs\``);
  } else {
    writeFileSync(path, text);
    console.log(`${file} written`);
  }
}
if (isCheck && stale === 0) console.log(`${PAGES.length} documents are what their sources say`);
process.exitCode = stale > 0 ? 1 : 0;
