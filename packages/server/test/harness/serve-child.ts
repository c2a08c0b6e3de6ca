// A server in a process of its own, for tests that kill it and for the benchmark. Started by server-process.ts with its
// settings as JSON; says on standard output, in one JSON line each, how far it is. Ends on SIGTERM, and when its
// parent is gone.
import { loadConfig } from "../../src/config/config.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { createLog } from "../../src/kernel/log.ts";
import { startServer } from "../../src/main.ts";
import type { ChildLine, ChildSettings, ChildUsage } from "./server-process.ts";

const settings = JSON.parse(process.argv[2] ?? "{}") as ChildSettings;
const clockAheadMs = settings.clockAheadMs ?? 0;
const { config } = loadConfig({ file: settings.configFile, env: {}, flags: settings.flags });
const clock = { ...systemClock, now: () => systemClock.now() + clockAheadMs };

function say(line: ChildLine) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function usage(): ChildUsage {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssBytes: process.memoryUsage.rss() };
}

say({ event: "starting" });
const server = await startServer(config, { log: createLog(config.log.level), clock });
say({ event: "ready", url: server.url });

let stopping: Promise<void> | null = null;

function stop() {
  stopping ??= server.stop().then(() => {
    if (process.connected) process.disconnect();
  });
}

process.once("SIGTERM", stop);
process.once("disconnect", stop);
process.on("message", (question) => {
  if (question === "usage") process.send?.(usage());
});
