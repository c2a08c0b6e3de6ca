import { readFileSync } from "node:fs";

/** Of /proc/PID/stat; the kernel counts in hundredths of a second, whatever it counts with inside. */
const TICK_US = 10_000;

/** User and system time of processes, of all their threads. */
export function cpuUsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0] = text.slice(text.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
    return sum + (user + system) * TICK_US;
  }, 0);
}
