/** What every set-up of Debian's Kannel has: a bearerbox (queues, SMPP) and a smsbox (HTTP), each a process of its own. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

const LOOPBACK = "127.0.0.1";
/** How long a box has to end in good order. */
const END_TIMEOUT_MS = 10_000;

/** A group of Kannel's configuration; `group` is its kind. */
export type KannelGroup = Readonly<Record<string, string | number | boolean>> & { readonly group: string };

export interface KannelSetup {
  readonly ports: Readonly<Record<"admin" | "boxes" | "sendsms", number>>;
  readonly adminPassword: string;
  /** Whom it binds to, and as whom; `id` is its own name for it. */
  readonly smsc: { readonly id: string; readonly port: number; readonly systemId: string; readonly password: string };
  /** submit_sm without an answer. */
  readonly pendingMax: number;
  /** Who may send by HTTP. */
  readonly user: { readonly name: string; readonly password: string };
}

/** Members that a set-up adds to a group, or has otherwise. */
export type KannelExtras = Readonly<
  Record<"core" | "smsc" | "smsbox" | "service", Readonly<Record<string, string | number | boolean>>>
>;

export function kannelGroups({ ports, adminPassword, smsc, pendingMax, user }: KannelSetup, extras: KannelExtras) {
  const groups: readonly KannelGroup[] = [
    {
      group: "core",
      "admin-port": ports.admin,
      "admin-interface": LOOPBACK,
      "admin-password": adminPassword,
      "smsbox-port": ports.boxes,
      "smsbox-interface": LOOPBACK,
      "dlr-storage": "internal",
      ...extras.core,
    },
    {
      group: "smsc",
      smsc: "smpp",
      "smsc-id": smsc.id,
      host: LOOPBACK,
      port: smsc.port,
      "smsc-username": smsc.systemId,
      "smsc-password": smsc.password,
      "system-type": "",
      "transceiver-mode": 1,
      "interface-version": 34,
      "max-pending-submits": pendingMax,
      ...extras.smsc,
    },
    {
      group: "smsbox",
      "bearerbox-host": LOOPBACK,
      "sendsms-port": ports.sendsms,
      "sendsms-interface": LOOPBACK,
      ...extras.smsbox,
    },
    { group: "sendsms-user", username: user.name, password: user.password, "max-messages": 10, concatenation: true },
    { group: "sms-service", keyword: "default", ...extras.service },
  ];
  return groups;
}

/** As its file has it: blank lines part the groups. */
export function kannelText(groups: readonly KannelGroup[]): string {
  const texts = groups.map((group) =>
    Object.entries(group)
      .map(([name, value]) => `${name} = ${typeof value === "string" ? JSON.stringify(value) : String(value)}\n`)
      .join(""),
  );
  return texts.join("\n");
}

/** Asks a box to end, and ends it where it does not. */
export async function endBox(box: ChildProcess): Promise<void> {
  if (box.exitCode !== null || box.signalCode !== null) return;
  const ended = once(box, "exit");
  box.kill("SIGTERM");
  const patience = setTimeout(() => box.kill("SIGKILL"), END_TIMEOUT_MS);
  await ended;
  clearTimeout(patience);
}
