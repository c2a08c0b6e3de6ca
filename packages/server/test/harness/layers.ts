/** What the folders of packages/server/src may import of each other. docs and reviewers read the same table. */
export const SERVER_LAYERS: Readonly<Record<string, readonly string[] | "anything">> = {
  kernel: [],
  message: [],
  config: ["kernel", "message"],
  store: ["kernel", "message"],
  route: ["message"],
  carrier: ["kernel", "message", "store", "config"],
  sandbox: ["kernel", "message", "carrier", "store"],
  tracking: ["kernel", "message", "store"],
  accept: ["kernel", "message", "store", "route"],
  dispatch: ["kernel", "message", "store", "route", "carrier"],
  report: ["kernel", "message", "store", "carrier"],
  inbound: ["kernel", "message", "store", "carrier"],
  view: ["message", "store"],
  notify: ["kernel", "store", "view"],
  query: ["kernel", "message", "store", "view"],
  http: ["kernel", "store"],
  "smpp-server": ["kernel", "message", "store", "accept", "http", "config"],
  account: ["kernel", "message", "store", "http"],
  lookup: ["kernel", "message", "store"],
  whatsapp: ["kernel", "store", "http", "carrier"],
  cli: "anything",
  "cli.ts": "anything",
  "main.ts": "anything",
  composition: "anything",
  "index.ts": "anything",
  "testing.ts": "anything",
};

/** What the packages may import of each other; a package that is not here may import none. */
export const PACKAGE_LAYERS: Readonly<Record<string, readonly string[]>> = {
  smpp: [],
  contract: [],
  component: [],
  "whatsapp-emulator": [],
  "host-n8n": ["component"],
  "host-activepieces": ["component"],
  server: ["smpp", "contract", "component", "whatsapp-emulator"],
  console: ["contract"],
};

export interface SourceFile {
  /** From the folder that the table is about, with `/` between. */
  readonly path: string;
  readonly text: string;
}

const STATIC =
  /^(?:import\s*(?:[^"';]*?\bfrom\s*)?|export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*)["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\s*\(|\brequire\s*\(/;

/** Comments and, of texts, those in backticks hold words that look like code. */
function withoutProse(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|[^:"'])\/\/.*$/gm, "$1");
}

export function importsOf(text: string): readonly string[] {
  return [...withoutProse(text).matchAll(STATIC)].map(([, specifier = ""]) => specifier);
}

/** The path that a relative specifier leads to, from the same folder as the file's own path; `..` where it leaves it. */
export function resolveImport(path: string, specifier: string): string {
  const parts = path.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (parts.length === 0 || parts.at(-1) === "..") parts.push("..");
      else parts.pop();
    } else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Breaches of a table of layers, in words; a folder that the table does not name is one. */
export function breachesOf(
  layers: Readonly<Record<string, readonly string[] | "anything">>,
  files: readonly SourceFile[],
): readonly string[] {
  const breaches: string[] = [];
  for (const { path, text } of files) {
    const layer = path.split("/")[0] ?? "";
    const allowed = Object.hasOwn(layers, layer) ? layers[layer] : undefined;
    if (allowed === undefined) breaches.push(`${path}: ${layer} is in no table of layers`);
    if (DYNAMIC.test(withoutProse(text))) breaches.push(`${path}: a dynamic import hides what it imports`);
    if (allowed === undefined || allowed === "anything") continue;
    for (const specifier of importsOf(text)) {
      if (!specifier.startsWith(".")) continue;
      const target = resolveImport(path, specifier).split("/")[0] ?? "";
      if (target !== layer && !allowed.includes(target)) breaches.push(`${path}: ${layer} may not import ${target}`);
    }
  }
  return breaches;
}

/** Breaches between packages: by name, by a relative path out of the package, and of whoever imports the server. */
export function packageBreachesOf(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const own = path.split("/")[0] ?? "";
    return importsOf(text).flatMap((specifier) => {
      const named = /^@posthorn\/([^/]+)/.exec(specifier)?.[1];
      const target = named ?? (specifier.startsWith(".") ? resolveImport(path, specifier).split("/")[0] : own);
      const allowed = Object.hasOwn(PACKAGE_LAYERS, own) ? (PACKAGE_LAYERS[own] ?? []) : [];
      if (target === undefined || target === own || allowed.includes(target)) return [];
      return [`${path}: ${own} may not import ${target}`];
    });
  });
}
