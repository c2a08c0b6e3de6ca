import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Octets } from "./tshark.ts";

/** Stands between an ESME and an SMSC and writes down what both say: rights to listen to a network are not needed. */
export class CaptureProxy {
  readonly #sessions: Octets[][] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server;

  private constructor(target: { readonly port: number }) {
    this.#server = createServer((esme) => {
      const said: Octets[] = [];
      this.#sessions.push(said);
      const smsc = connect({ host: "127.0.0.1", port: target.port });
      this.#carry(esme, smsc, (octets) => said.push({ from: "ESME", octets }));
      this.#carry(smsc, esme, (octets) => said.push({ from: "SMSC", octets }));
    });
  }

  static async start(target: { readonly port: number }): Promise<CaptureProxy> {
    const proxy = new CaptureProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What was said, connection by connection. */
  get sessions(): readonly (readonly Octets[])[] {
    return this.#sessions;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #carry(source: Socket, target: Socket, keep: (octets: Buffer) => void): void {
    this.#sockets.add(source);
    source.on("data", (octets: Buffer) => {
      keep(octets);
      target.write(octets);
    });
    source.on("end", () => target.end());
    source.on("error", () => target.destroy());
    source.on("close", () => {
      this.#sockets.delete(source);
      target.destroy();
    });
  }
}
