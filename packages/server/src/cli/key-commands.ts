import { KNOWN_SCOPES } from "@posthorn/contract";
import { didYouMean } from "../config/did-you-mean.ts";
import { CONFIGURED_KEY_ID } from "../http/first-key.ts";
import {
  createKeyId,
  createSecret,
  DEFAULT_ACCOUNT_ID,
  hashSecret,
  OPERATOR_SCOPE,
  SCOPE_ALL,
} from "../http/key-ring.ts";
import type { ApiKeyRecord } from "../store/store.ts";
import { CliError } from "./cli-error.ts";
import { defineCommand } from "./command.ts";
import { CONFIG_OPTIONS } from "./configuration.ts";
import { withStore } from "./data-folder.ts";
import { table } from "./table.ts";

const NAME_LENGTH_MAX = 100;
const DAY_MS = 86_400_000;
const VALID_DAYS_MAX = 36_500;
const JSON_OPTION = { json: { kind: "flag", description: "Print JSON." } } as const;

export const keyCreate = defineCommand({
  name: "key create",
  summary: "Make an API key. Its secret is shown once.",
  options: {
    name: { kind: "text", value: "NAME", description: "What it is for; shown in lists." },
    scope: {
      kind: "list",
      value: "SCOPE",
      description: "What it may do, for example sms:message:send. Without one: everything.",
    },
    "valid-days": { kind: "text", value: "DAYS", description: "Days until it ends. Without: it does not." },
    ...JSON_OPTION,
    ...CONFIG_OPTIONS,
  },
  takesSettings: true,
  notes: "Works beside a running server, which knows the key at once.",
  async run(given, context) {
    const { values } = given;
    const name = checkName(values.name);
    const scopes = checkScopes(values.scope);
    const createdAt = Date.now();
    const validDays = checkValidDays(values["valid-days"]);
    const validUntil = validDays === null ? null : createdAt + validDays * DAY_MS;
    const secret = createSecret();
    const base = { id: createKeyId(), accountId: DEFAULT_ACCOUNT_ID, name, scopes, createdAt, validUntil };
    const record: ApiKeyRecord = { ...base, secretHash: hashSecret(secret), revokedAt: null };
    await withStore(given, context, { mayCreate: true }, (store) => store.saveApiKey(record));
    const { terminal } = context;
    if (values.json) terminal.out(JSON.stringify({ ...shownKey(record), secret }, null, 2));
    else terminal.out(`id      ${record.id}\nsecret  ${secret}\nThe secret is shown only this once.`);
    return "OK";
  },
});

export const keyList = defineCommand({
  name: "key list",
  summary: "List the API keys, without their secrets.",
  options: { ...JSON_OPTION, ...CONFIG_OPTIONS },
  takesSettings: true,
  async run(given, context) {
    const keys = await withStore(given, context, { mayCreate: false }, (store) => store.listApiKeys());
    const { terminal } = context;
    const shown = keys.map(shownKey);
    if (given.values.json) terminal.out(JSON.stringify({ keys: shown }, null, 2));
    else {
      const titles = ["ID", "NAME", "STATE", "CREATED", "VALID UNTIL", "SCOPES"].map((title) => ({ title }));
      const rows = shown.map((key) => [
        key.id,
        key.name,
        key.state,
        key.createdAt,
        key.validUntil ?? "-",
        key.scopes.join(" "),
      ]);
      terminal.out(table(titles, rows, terminal));
    }
    return "OK";
  },
});

export const keyRevoke = defineCommand({
  name: "key revoke",
  summary: "Revoke an API key: it is refused from then on.",
  positionals: ["ID"],
  options: { ...JSON_OPTION, ...CONFIG_OPTIONS },
  takesSettings: true,
  notes: "A running server refuses the key after two seconds at the latest.",
  async run(given, context) {
    const id = given.positionals[0] as string;
    const key = await withStore(given, context, { mayCreate: false }, async (store) => {
      const keys = await store.listApiKeys();
      const found = keys.find((candidate) => candidate.id === id);
      if (found === undefined) throw unknownKey(id, keys);
      const revoked = { ...found, revokedAt: found.revokedAt ?? Date.now() };
      if (found.revokedAt === null) await store.saveApiKey(revoked);
      return revoked;
    });
    const { terminal } = context;
    if (given.values.json) terminal.out(JSON.stringify(shownKey(key), null, 2));
    else terminal.out(`Revoked ${key.id} (${key.name}).`);
    if (id === CONFIGURED_KEY_ID) {
      terminal.err(
        "This key comes from the configuration: the next start with auth.apiKey or POSTHORN_API_KEY allows it again.",
      );
    }
    return "OK";
  },
});

function shownKey({ id, name, scopes, createdAt, validUntil, revokedAt }: ApiKeyRecord) {
  const date = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString());
  const isOver = validUntil !== null && validUntil <= Date.now();
  const state = revokedAt !== null ? "revoked" : isOver ? "expired" : "active";
  return {
    id,
    name,
    state,
    scopes,
    createdAt: date(createdAt) as string,
    validUntil: date(validUntil),
    revokedAt: date(revokedAt),
  };
}

function unknownKey(id: string, keys: readonly ApiKeyRecord[]): CliError {
  const suggestion = didYouMean(
    id,
    keys.map((key) => key.id),
  );
  const hint = suggestion === undefined ? "see `posthorn key list`" : `did you mean ${suggestion}?`;
  return new CliError("USAGE", `there is no key ${id}; ${hint}`);
}

function checkName(name: string | undefined): string {
  if (name === undefined || name.trim() === "") throw new CliError("USAGE", "--name is missing: what is the key for?");
  if (name.length > NAME_LENGTH_MAX) throw new CliError("USAGE", `--name has at most ${NAME_LENGTH_MAX} characters`);
  return name;
}

function checkScopes(given: readonly string[]): readonly string[] {
  const scopes = given.flatMap((text) => text.split(",")).map((scope) => scope.trim());
  for (const scope of scopes) {
    if (scope === SCOPE_ALL || scope === OPERATOR_SCOPE || KNOWN_SCOPES.includes(scope)) continue;
    const suggestion = didYouMean(scope, [OPERATOR_SCOPE, ...KNOWN_SCOPES]);
    throw new CliError(
      "USAGE",
      `unknown scope ${JSON.stringify(scope)}${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`,
    );
  }
  return scopes.length === 0 ? [SCOPE_ALL] : [...new Set(scopes)];
}

function checkValidDays(text: string | undefined): number | null {
  if (text === undefined) return null;
  const days = /^\d+$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= VALID_DAYS_MAX) return days;
  throw new CliError(
    "USAGE",
    `--valid-days takes a whole number from 1 to ${VALID_DAYS_MAX}; got ${JSON.stringify(text)}`,
  );
}
