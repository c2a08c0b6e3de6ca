import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulator, type SimulatorClock, type SimulatorOptions, startSimulator } from "@posthorn/smpp";
import { stringify } from "yaml";
import type { Clock } from "../../src/kernel/clock.ts";
import {
  atEnd,
  type Cleanup,
  createFolder,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "./test-server.ts";

/** As long as the specification allows: others' servers count. */
export const CARRIER_PASSWORD = "secret-1";

/** A message centre that knows our account, and ends with the test. */
export async function startCarrierSide(cleanup: Cleanup, options: SimulatorOptions = {}): Promise<Simulator> {
  const accounts = [{ systemId: "posthorn", password: CARRIER_PASSWORD }];
  const simulator = await startSimulator({ port: 0, accounts, magicDestinations: false, ...options });
  atEnd(cleanup, () => simulator.close());
  return simulator;
}

/** The simulator's clock, made of the tests' fake one. */
export function simulatorClock(clock: Clock): SimulatorClock {
  return { nowMs: () => clock.now(), after: (delayMs, run) => clock.after(delayMs, run) };
}

/** Quick enough for tests that wait: what is not given is as in the configuration. */
export function smppEntry(port: number, passwordFile: string, members: object = {}): object {
  return {
    type: "smpp",
    host: "127.0.0.1",
    port,
    systemId: "posthorn",
    password: { file: passwordFile },
    reconnectMinMs: 10,
    reconnectMaxMs: 100,
    ...members,
  };
}

export interface SmppCarrierServer {
  readonly server: TestServer;
  readonly folder: string;
  readonly configFile: string;
  readonly passwordFile: string;
}

/** A server whose carriers are those of `members`, each an entry of type smpp at its port. */
export async function startSmppCarrierServer(
  cleanup: Cleanup,
  carriers: Readonly<Record<string, { readonly port: number } & Readonly<Record<string, unknown>>>>,
  { config = {}, ...options }: TestServerOptions & { readonly config?: object } = {},
): Promise<SmppCarrierServer> {
  const folder = createFolder(cleanup);
  const passwordFile = join(folder, "password");
  const configFile = join(folder, "posthorn.yaml");
  writeFileSync(passwordFile, CARRIER_PASSWORD);
  const entries = Object.entries(carriers).map(([name, entry]) => [name, smppEntry(entry.port, passwordFile, entry)]);
  writeFileSync(configFile, stringify({ carriers: Object.fromEntries(entries), ...config }));
  const settings = { "dispatch.retryBaseMs": 10, "dispatch.pollIntervalMs": 50, ...options.settings };
  const server = await startTestServer(cleanup, { folder: join(folder, "data"), configFile, ...options, settings });
  return { server, folder, configFile, passwordFile };
}

/** The server again, on the same folder and configuration. */
export async function restartSmppCarrierServer(
  cleanup: Cleanup,
  { server, folder, configFile }: SmppCarrierServer,
  options: TestServerOptions = {},
): Promise<TestServer> {
  await server.stop();
  return startTestServer(cleanup, { folder: join(folder, "data"), configFile, ...options });
}
