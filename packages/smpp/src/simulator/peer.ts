import type { Socket } from "node:net";
import type { SmppSession } from "../session/session.ts";
import type { SessionFault } from "./behaviour.ts";
import type { BindType } from "./options.ts";

/** One connection to the simulator, and what can go wrong with it. */
export class SimulatedPeer {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #isTls: boolean;
  session: SmppSession | null = null;
  systemId: string | null = null;
  bindAs: BindType | null = null;
  submissions = 0;
  /** Whatever still comes is not looked at. */
  isDeaf = false;
  answersEnquireLink: boolean;

  constructor(socket: Socket, remoteAddress: string, isTls: boolean, answersEnquireLink: boolean) {
    this.#socket = socket;
    this.remoteAddress = remoteAddress;
    this.#isTls = isTls;
    this.answersEnquireLink = answersEnquireLink;
  }

  apply(fault: SessionFault): void {
    switch (fault) {
      case "close":
        this.isDeaf = true;
        this.session?.close();
        break;
      case "reset":
        this.isDeaf = true;
        // Octets on their way to us make the peer's kernel see a reset as well; TLS has no reset of its own.
        if (this.#isTls) this.#socket.destroy();
        else this.#socket.resetAndDestroy();
        break;
      case "silent":
        this.isDeaf = true;
        this.#silence();
        break;
      case "unbind":
        void this.session?.unbind();
        break;
      case "ignore-enquire-link":
        this.answersEnquireLink = false;
        break;
    }
  }

  /** Octets that no session writes, for answers that are no answers. */
  writeRaw(octets: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(octets);
  }

  /** Also of one that is silent, which would never answer an unbind. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** The kernel still takes what the peer sends and says so, as that of a machine does whose program hangs. */
  #silence(): void {
    this.#socket.removeAllListeners("data");
    this.#socket.on("data", () => {});
    this.#socket.write = () => true;
  }
}
