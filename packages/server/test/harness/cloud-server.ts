import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { CLOUD_SECRETS, cloudEntry, GraphStub, signed } from "./graph-stub.ts";
import { type Cleanup, createFolder, startTestServer, type TestServer, type TestServerOptions } from "./test-server.ts";

export interface CloudServer {
  readonly graph: GraphStub;
  readonly server: TestServer;
  /** Calls the webhook as Meta does. */
  readonly notify: (payload: unknown, signature?: string) => Promise<Response>;
  readonly webhookUrl: string;
}

interface CloudServerOptions extends TestServerOptions {
  /** Members of its entry. */
  readonly entry?: object;
  readonly carriersBeside?: object;
  readonly rules?: readonly object[];
}

/** A server whose only carrier is the Cloud API, played by a stub. */
export async function startCloudServer(
  cleanup: Cleanup,
  { entry = {}, carriersBeside = {}, rules = [], settings = {}, ...options }: CloudServerOptions = {},
): Promise<CloudServer> {
  Object.assign(process.env, CLOUD_SECRETS);
  const graph = await GraphStub.start(cleanup);
  const folder = createFolder(cleanup);
  const configFile = join(folder, "posthorn.yaml");
  writeFileSync(configFile, stringify({ carriers: { meta: cloudEntry(graph.url, entry), ...carriersBeside }, rules }));
  const server = await startTestServer(cleanup, { folder: join(folder, "data"), configFile, settings, ...options });
  const webhookUrl = `${server.url}/carriers/meta/webhook`;
  const notify = async (payload: unknown, given?: string) => {
    const { text, signature } = signed(payload);
    const headers = { "content-type": "application/json", "x-hub-signature-256": given ?? signature };
    return fetch(webhookUrl, { method: "POST", headers, body: text });
  };
  return { graph, server, notify, webhookUrl };
}
