import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { endBox, kannelGroups, kannelText } from "../../../smpp/test/harness/kannel-boxes.ts";
import { programPath, skipWithout } from "../../../smpp/test/harness/outside-program.ts";
import { freePort } from "./smpp-customer.ts";
import { atEnd, type Cleanup, createFolder } from "./test-server.ts";
import { until } from "./until.ts";

export const KANNEL_SKIP = skipWithout("bearerbox", "smsbox");

/** Of what a box wrote, for the message of a failure. */
const OUTPUT_CHARACTERS_MAX = 8_000;

export interface KannelOptions {
  readonly smppPort: number;
  readonly systemId: string;
  readonly password: string;
}

/** What Kannel's boxes call us for, by the names in the URLs below. */
export interface KannelCall {
  readonly kind: "dlr" | "mo";
  readonly fields: Readonly<Record<string, string>>;
}

/** Kannel's own numbers of what became of a message. */
export const DLR = { delivered: 1, failed: 2, onTheWay: 4, accepted: 8, refused: 16 } as const;
const DLR_ALL = 31;

type Ports = Readonly<Record<"admin" | "boxes" | "sendsms" | "calls", number>>;

function configurationOf(ports: Ports, { smppPort, systemId, password }: KannelOptions): string {
  const setup = {
    ports,
    adminPassword: "admin",
    smsc: { id: "posthorn", port: smppPort, systemId, password },
    pendingMax: 10,
    user: { name: "user", password: "pass" },
  };
  return kannelText(
    kannelGroups(setup, {
      core: { "sms-resend-freq": 1 },
      smsc: { "enquire-link-interval": 1, throughput: 100, "reconnect-delay": 1, "wait-ack": 10 },
      smsbox: {},
      service: {
        "catch-all": "yes",
        "max-messages": 0,
        concatenation: true,
        "get-url": `http://127.0.0.1:${ports.calls}/mo?from=%p&to=%P&coding=%c&text=%b`,
      },
    }),
  );
}

/** Kannel's number of UCS-2. */
const CODING_UCS2 = "2";

/** Octets are percent-coded as they are, in the message's own coding. */
function callOf(url: string): KannelCall {
  const { pathname, search, searchParams } = new URL(url, "http://kannel");
  const fields = Object.fromEntries(searchParams);
  if (pathname === "/dlr") return { kind: "dlr", fields };
  const coded = (/[?&]text=([^&]*)/.exec(search)?.[1] ?? "").replaceAll("+", " ");
  const characters = coded.replaceAll(/%(..)/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const octets = Buffer.from(characters, "latin1");
  const text = fields["coding"] === CODING_UCS2 ? octets.swap16().toString("utf16le") : octets.toString();
  return { kind: "mo", fields: { ...fields, text } };
}

/** Kannel as it comes from its distribution: a bearerbox that binds to us, and a smsbox that is spoken to by HTTP. */
export class Kannel {
  readonly calls: KannelCall[] = [];
  readonly #ports: Readonly<Record<"admin" | "sendsms" | "calls", number>>;
  readonly #boxes: ChildProcess[] = [];
  #output = "";

  private constructor(ports: Readonly<Record<"admin" | "sendsms" | "calls", number>>) {
    this.#ports = ports;
  }

  static async start(cleanup: Cleanup, options: KannelOptions): Promise<Kannel> {
    const sink = createServer((request, response) => {
      kannel.calls.push(callOf(request.url ?? "/"));
      response.end();
    });
    sink.listen(0, "127.0.0.1");
    await once(sink, "listening");
    atEnd(cleanup, async () => {
      sink.closeAllConnections();
      await new Promise((resolve) => sink.close(resolve));
    });
    const ports = {
      admin: await freePort(),
      boxes: await freePort(),
      sendsms: await freePort(),
      calls: (sink.address() as AddressInfo).port,
    };
    const kannel = new Kannel(ports);
    const file = join(createFolder(cleanup), "kannel.conf");
    writeFileSync(file, configurationOf(ports, options));
    atEnd(cleanup, () => kannel.stop());
    await kannel.#begin("bearerbox", file, () => kannel.#answers(ports.admin, "/status.txt?password=admin"));
    await kannel.#begin("smsbox", file, () => kannel.#answers(ports.sendsms, "/"));
    return kannel;
  }

  async #answers(port: number, path: string): Promise<string | null> {
    return fetch(`http://127.0.0.1:${port}${path}`).then(
      (response) => response.text(),
      () => null,
    );
  }

  async #begin(program: string, file: string, isUp: () => Promise<string | null>): Promise<void> {
    const box = spawn(programPath(program), ["-v", "1", file], { stdio: ["ignore", "pipe", "pipe"] });
    this.#boxes.push(box);
    for (const stream of [box.stdout, box.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX);
      });
    }
    await until(`${program} is up`, async () => {
      if (box.exitCode !== null) throw new Error(`${program} ended with ${box.exitCode}: ${this.#output}`);
      return (await isUp()) !== null;
    });
  }

  /** As its own status page says of its link to us: online, connecting and so on. */
  async status(): Promise<string> {
    const page = (await this.#answers(this.#ports.admin, "/status.txt?password=admin")) ?? "";
    return /posthorn\[posthorn\].*?\((\w+)/.exec(page)?.[1] ?? page;
  }

  /**
   * Hands a text to the smsbox and asks for every kind of report; `key` comes back with them.
   *
   * @returns what the smsbox says to it
   */
  async send(key: string, to: string, text: string, encoding: "gsm7" | "ucs2" = "gsm7"): Promise<string> {
    const dlrUrl = `http://127.0.0.1:${this.#ports.calls}/dlr?key=${key}&type=%d&reply=%A`;
    const query = new URLSearchParams({
      username: "user",
      password: "pass",
      from: "Shop",
      to,
      "dlr-mask": String(DLR_ALL),
      "dlr-url": dlrUrl,
      ...(encoding === "gsm7" ? { charset: "UTF-8" } : { coding: CODING_UCS2, charset: "UTF-16BE" }),
    });
    const octets = encoding === "gsm7" ? Buffer.from(text) : Buffer.from(text, "utf16le").swap16();
    const coded = octets.toString("hex").replaceAll(/../g, "%$&");
    return (await this.#answers(this.#ports.sendsms, `/cgi-bin/sendsms?${query.toString()}&text=${coded}`)) ?? "";
  }

  /** The kinds of reports that came for a key. Its calls overtake each other, so they are sorted by their number. */
  reports(key: string): readonly number[] {
    return this.calls
      .filter(({ kind, fields }) => kind === "dlr" && fields["key"] === key)
      .map(({ fields }) => Number(fields["type"]))
      .toSorted((a, b) => a - b);
  }

  /** Ends both boxes, the smsbox first, as their signal asks them to. May be called again. */
  async stop(): Promise<void> {
    for (const box of this.#boxes.splice(0).toReversed()) await endBox(box);
  }
}
