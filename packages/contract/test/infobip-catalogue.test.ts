import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRORS } from "../src/error-catalogue.ts";
import { STATUSES } from "../src/status-catalogue.ts";
import { readText, SKIP } from "./infobip-documents.ts";

interface Registry {
  statuses: { groupId: number; groupName: string; id: number; name: string }[];
  errors: {
    groupId: number | null;
    groupName: string | null;
    id: number;
    name: string;
    permanent: boolean | null;
    family: string;
  }[];
}

const registry = (): Registry => JSON.parse(readText("status-codes.json")) as Registry;
const lines = (entries: readonly { groupId: unknown; id: unknown }[]): string[] =>
  entries.map((entry) => JSON.stringify(entry)).toSorted((a, b) => (a < b ? -1 : 1));

test("the status catalogue is Infobip's registry by group, id and name", { skip: SKIP }, () => {
  const ours = STATUSES.map(({ groupId, groupName, id, name }) => ({ groupId, groupName, id, name }));
  const theirs = registry().statuses.map(({ groupId, groupName, id, name }) => ({ groupId, groupName, id, name }));
  assert.ok(theirs.length > 30);
  assert.deepEqual(lines(ours), lines(theirs));
});

test("the error catalogue is Infobip's registry by group, id, name and permanence", { skip: SKIP }, () => {
  const { errors } = registry();
  const theirs = errors
    .filter(({ groupId }) => typeof groupId === "number")
    .map(({ groupId, groupName, id, name, permanent }) => ({ groupId, groupName, id, name, permanent }));
  const ungrouped = new Map(
    errors.filter(({ groupId }) => typeof groupId !== "number").map(({ id, name }) => [id, name]),
  );
  const ours = ERRORS.filter(({ id }) => !ungrouped.has(id)).map(({ groupId, groupName, id, name, permanent }) => ({
    groupId,
    groupName,
    id,
    name,
    permanent,
  }));
  assert.ok(theirs.length > 190);
  assert.deepEqual(lines(ours), lines(theirs));
});

test("errors that the registry gives no group are DLT's, and have one of the wire's groups here", {
  skip: SKIP,
}, () => {
  const ungrouped = registry().errors.filter(({ groupId }) => typeof groupId !== "number");
  assert.equal(ungrouped.length, 51);
  for (const { id, name, family } of ungrouped) {
    assert.equal(family, "DLT");
    const ours = ERRORS.filter((entry) => entry.id === id);
    assert.equal(ours.length, 1);
    assert.equal(ours[0]?.name, name);
    assert.ok(["USER_ERRORS", "OPERATOR_ERRORS"].includes(String(ours[0]?.groupName)));
  }
});

/** Shorter ones ("Unknown error") are names rather than sentences. */
const SENTENCE_LENGTH_MIN = 25;

test("no description is Infobip's sentence, the protocol's own apart", { skip: SKIP }, () => {
  const published = readText("status-and-error-codes.yml").replaceAll(/\s+/g, " ").toLowerCase();
  assert.ok(published.length > 100_000);
  const protocol = new Set(["Message sent to next instance", "Message delivered to handset"]);
  const sentences = [...STATUSES, ...ERRORS].filter(({ description }) => description.length >= SENTENCE_LENGTH_MIN);
  assert.ok(sentences.length > 150);
  for (const { name, description } of sentences) {
    if (protocol.has(description)) continue;
    assert.ok(!published.includes(description.toLowerCase()), `${name}: ${description}`);
  }
});
