import { COUNTRIES } from "../message/number-country.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { RefuseEntry } from "./entries.ts";
import type { Entries } from "./entries-schema.ts";
import type { DeepReadonly } from "./schema-kit.ts";
import { checkSmppCarrier } from "./smpp-carrier-check.ts";
import { checkCloudCarrier } from "./whatsapp-carrier-check.ts";

/** The carrier that an installation has that names none. */
const DEFAULT_CARRIER = "sandbox";

/** What is not written is filled in: the sandbox as the only carrier, and a route for each carrier. */
export function effectiveEntries(
  given: DeepReadonly<Entries>,
  isSandboxEnabled: boolean,
  isSandboxPaused: boolean,
): DeepReadonly<Entries> {
  const hasCarriers = Object.keys(given.carriers).length > 0;
  const carriers: DeepReadonly<Entries["carriers"]> = hasCarriers
    ? given.carriers
    : isSandboxEnabled
      ? { [DEFAULT_CARRIER]: { type: "sandbox", paused: isSandboxPaused } }
      : {};
  const routes: DeepReadonly<Entries["routes"]> =
    Object.keys(given.routes).length > 0
      ? given.routes
      : Object.fromEntries(
          Object.keys(carriers).map((name) => [
            name,
            { split: "order" as const, carriers: [{ carrier: name, weight: 1, cost: 0 }] },
          ]),
        );
  return { carriers, routes, rules: given.rules };
}

/** What no schema can say: names that nobody has, and entries that contradict themselves. */
export function checkEntries(given: DeepReadonly<Entries>, isSandboxEnabled: boolean, refuse: RefuseEntry) {
  const { carriers, routes } = effectiveEntries(given, isSandboxEnabled, false);
  for (const [name, carrier] of Object.entries(given.carriers)) {
    if (carrier.type === "sandbox" && !isSandboxEnabled) {
      refuse(["carriers", name, "type"], "sandbox.enabled is false, so no carrier may be one");
    }
    if (carrier.type === "smpp") checkSmppCarrier(carrier, ["carriers", name], refuse);
    if (carrier.type === "whatsapp-cloud") checkCloudCarrier(carrier, ["carriers", name], refuse);
  }
  for (const [name, route] of Object.entries(given.routes)) {
    const seen = new Set<string>();
    for (const [index, { carrier }] of route.carriers.entries()) {
      const path = ["routes", name, "carriers", index];
      if (!Object.hasOwn(carriers, carrier)) refuse(path, noSuch("carrier", carrier, Object.keys(carriers)));
      if (seen.has(carrier)) refuse(path, `carrier ${carrier} is there already`);
      seen.add(carrier);
    }
    if (route.split === "weight" && route.carriers.every(({ weight }) => weight === 0)) {
      refuse(["routes", name, "carriers"], "every weight is 0, so nobody would serve the route");
    }
  }
  for (const [index, rule] of given.rules.entries()) {
    if (!Object.hasOwn(routes, rule.route)) {
      refuse(["rules", index, "route"], noSuch("route", rule.route, Object.keys(routes)));
    }
    if (rule.mnc !== undefined && rule.mcc === undefined) {
      refuse(["rules", index, "mnc"], "means something only together with mcc");
    }
    for (const country of rule.country ?? []) {
      if (!COUNTRIES.has(country)) refuse(["rules", index, "country"], `${country} is no country that has numbers`);
    }
  }
}

function noSuch(what: string, name: string, known: readonly string[]): string {
  const suggestion = didYouMean(name, known);
  const hint = suggestion === undefined ? `there are ${known.join(", ") || "none"}` : `did you mean ${suggestion}?`;
  return `there is no ${what} ${name}; ${hint}`;
}
