import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { FakeCarrier, type FakeCarrierOptions } from "./fake-carrier.ts";
import { FakeClock } from "./fake-clock.ts";
import {
  atEnd,
  type Cleanup,
  createFolder,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "./test-server.ts";

const POLL_MS = 1_000;

export interface FleetServer {
  readonly server: TestServer;
  readonly clock: FakeClock;
  /** The carrier of that name that was made last. */
  readonly carrier: (name: string) => FakeCarrier;
  /** How many carriers of that name were made. */
  readonly made: (name: string) => readonly FakeCarrier[];
  readonly writeConfig: (config: object) => void;
  readonly configFile: string;
  /** Lets a second go by. */
  readonly tick: () => Promise<void>;
}

/** A server on a fake clock whose configured carriers are fakes: `carriers` names them in a file that tests rewrite. */
export async function startFleetServer(
  t: Cleanup,
  config: object,
  options: { readonly carriers?: Readonly<Record<string, FakeCarrierOptions>> } & Omit<
    TestServerOptions,
    "carriers"
  > = {},
): Promise<FleetServer> {
  const { carriers = {}, ...rest } = options;
  const folder = createFolder(t);
  const configFile = join(folder, "posthorn.yaml");
  const writeConfig = (next: object) => writeFileSync(configFile, stringify(next));
  writeConfig(config);
  const clock = new FakeClock();
  const all: FakeCarrier[] = [];
  const createCarrier = (name: string) => {
    const carrier = new FakeCarrier({ ...carriers[name], name });
    all.push(carrier);
    return carrier;
  };
  const server = await startTestServer(t, { folder: join(folder, "data"), configFile, clock, createCarrier, ...rest });
  atEnd(t, () => server.stop());
  const made = (name: string) => all.filter((carrier) => carrier.name === name);
  const carrier = (name: string) => {
    const last = made(name).at(-1);
    if (last === undefined) throw new Error(`no carrier ${name} was made`);
    return last;
  };
  return { server, clock, carrier, made, writeConfig, configFile, tick: () => clock.advanceAndSettle(POLL_MS) };
}

export const sandboxes = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { type: "sandbox" }]));
