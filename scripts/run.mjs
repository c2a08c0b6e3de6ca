// Runs a command of the workspace with everything it needs: installs the dependencies when they are missing or the
// lock file changed since, then hands over to the pinned Node.js. Plain JavaScript without dependencies, because it is
// the one file that the machine's own Node.js (18 or newer) has to run.
//
//   node scripts/run.mjs node FILE [ARGUMENT ...]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** How soon it is noticed that whoever started this has gone. */
const PARENT_CHECK_MS = 250;

const root = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..");
const stampFile = join(root, "node_modules", ".posthorn-lock-hash");
const lockHash = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash;
}

if (!isInstalled()) {
  process.stderr.write("Installing dependencies (only when package-lock.json changed) ...\n");
  const windows = process.platform === "win32";
  // Everything npm prints goes to stderr: the command's own output must stay clean for scripts that read it.
  const install = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: windows,
  });
  if (install.status !== 0) {
    process.stderr.write("npm install failed; nothing was started.\n");
    process.exit(install.status ?? 1);
  }
  writeFileSync(stampFile, lockHash);
}

const bin = join(root, "node_modules", ".bin");
const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  process.stderr.write("usage: node scripts/run.mjs COMMAND [ARGUMENT ...]\n");
  process.exit(2);
}
const child = spawn(join(bin, command), args, {
  stdio: "inherit",
  env: {
    // Stripped and compiled sources are kept: starts are faster, and each thread needs some 10 MB less.
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile"),
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
  },
  shell: process.platform === "win32",
});
// A terminal's Ctrl-C reaches the child by itself, a `kill` of this process does not: pass both on, and end as it ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// npm ends its shell and not what runs in it. Whoever stops `npm start` means the server: when our parent has gone, so
// must the child. It is asked as by SIGTERM, and finishes what is in flight.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  child.kill("SIGTERM");
}, PARENT_CHECK_MS);
watch.unref();
child.on("error", (error) => {
  process.stderr.write(`${command}: ${error.message}\n`);
  process.exit(127);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.exit({ SIGINT: 130, SIGTERM: 143, SIGKILL: 137 }[signal] ?? 1);
});
