import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseRoute, type Route } from "./choose-route.ts";

const ROUTES: readonly Route[] = [
  { name: "chat", carrier: "a", channels: ["WHATSAPP"] },
  { name: "first", carrier: "b", channels: ["SMS"] },
  { name: "second", carrier: "c", channels: ["SMS", "WHATSAPP"] },
];

test("the first route in order that serves the channel is chosen", () => {
  assert.equal(chooseRoute(ROUTES, "SMS")?.name, "first");
  assert.equal(chooseRoute(ROUTES, "WHATSAPP")?.name, "chat");
  assert.equal(chooseRoute(ROUTES.slice(2), "WHATSAPP")?.name, "second");
});

test("where no route serves the channel there is none", () => {
  assert.equal(chooseRoute([], "SMS"), null);
  assert.equal(chooseRoute(ROUTES.slice(0, 1), "SMS"), null);
});
