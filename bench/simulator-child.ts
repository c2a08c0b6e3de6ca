// The SMSC simulator for smpp-gateway.ts and backlog.ts, in a process of its own. Its arguments: a port, or 0 for any;
// the number of its first message. Prints its port as a JSON line; answers each IPC message with its counters.
import { startSimulator } from "../packages/smpp/src/index.ts";

const simulator = await startSimulator({
  port: Number(process.argv[2] ?? 0),
  accounts: [{ systemId: "bench", password: "bench" }],
  session: { windowSize: 1000 },
  magicDestinations: false,
  firstMessageNumber: Number(process.argv[3] ?? 1),
  receivedMax: 0,
  messagesMax: 1,
  pendingMax: 2_000_000,
});
process.stdout.write(`${JSON.stringify({ port: simulator.port })}\n`);
process.on("message", () => process.send?.(simulator.counters));
process.on("disconnect", () => process.exit(0));
