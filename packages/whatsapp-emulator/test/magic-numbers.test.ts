import assert from "node:assert/strict";
import test from "node:test";
import { MAGIC_NUMBERS } from "../src/magic-numbers.ts";
import { errorCodesOf } from "./harness/receiver.ts";
import { BUSINESS, PHONE, Setting } from "./harness/setting.ts";

const BUTTONS = {
  type: "interactive",
  interactive: {
    type: "button",
    body: { text: "Well?" },
    action: { buttons: [{ type: "reply", reply: { id: "y", title: "Yes" } }] },
  },
};
const TEMPLATE = { type: "template", template: { name: "hello_world", language: { code: "en_US" } } };

/** Sends the text and waits until nothing is under way. */
async function sendText(setting: Setting, to: string) {
  const answer = await setting.text(to);
  await setting.emulator.idle();
  return answer;
}

async function isReset(sent: Promise<unknown>): Promise<boolean> {
  return sent.then(
    () => false,
    () => true,
  );
}

const refusedWith = (code: number) => async (setting: Setting, to: string) => {
  const { status, error } = await sendText(setting, to);
  assert.equal(error?.code, code);
  assert.ok(status >= 400);
  assert.deepEqual(setting.receiver.webhooks, []);
  assert.deepEqual(setting.emulator.messages(), []);
};

const failedWith = (code: number) => async (setting: Setting, to: string) => {
  const { status, wamid } = await sendText(setting, to);
  assert.equal(status, 200);
  assert.deepEqual(setting.statusesOf(wamid), ["failed"]);
  assert.deepEqual(errorCodesOf(setting.receiver.statuses[0]), [code]);
};

const reportedAs =
  (...statuses: readonly string[]) =>
  async (setting: Setting, to: string) => {
    const { wamid } = await sendText(setting, to);
    assert.deepEqual(setting.statusesOf(wamid), statuses);
  };

/** Behind sent and delivered comes one message of the user, of a type. */
const repliesWith =
  (type: string, look: (message: Readonly<Record<string, unknown>>, setting: Setting) => void = () => {}) =>
  async (setting: Setting, to: string) => {
    const { wamid } = await sendText(setting, to);
    assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered"]);
    assert.equal(setting.receiver.messages.length, 1);
    const [message] = setting.receiver.messages;
    assert.ok(message !== undefined);
    assert.equal(message["type"], type);
    assert.equal(message["from"], to);
    look(message, setting);
  };

type Check = (setting: Setting, to: string) => Promise<void>;

const CHECKS: Readonly<Record<number, Check>> = {
  0: reportedAs("sent", "delivered"),
  104: refusedWith(4),
  110: refusedWith(10),
  190: refusedWith(190),
  272: failedWith(130472),
  297: failedWith(130497),
  310: refusedWith(133010),
  368: refusedWith(368),
  401: refusedWith(2),
  402: refusedWith(80007),
  403: refusedWith(130429),
  504: failedWith(131000),
  509: failedWith(131026),
  510: refusedWith(131050),
  518: refusedWith(131026),
  520: refusedWith(131048),
  529: reportedAs(),
  701: failedWith(131026),
  901: async (setting, to) => {
    const { wamid } = await sendText(setting, to);
    setting.clock.advance(4999);
    await setting.emulator.idle();
    assert.deepEqual(setting.statusesOf(wamid), []);
    setting.clock.advance(1);
    await setting.emulator.idle();
    assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered"]);
  },
  902: reportedAs("sent", "sent", "delivered", "delivered"),
  903: async (setting, to) => {
    const { wamid } = await setting.text(to);
    assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered"]);
  },
  904: async (setting, to) => {
    const { wamid } = await sendText(setting, to);
    setting.clock.advance(1000);
    await setting.emulator.idle();
    assert.deepEqual(setting.statusesOf(wamid), ["failed", "delivered"]);
  },
  905: async (setting, to) => {
    const { wamid } = await sendText(setting, to);
    setting.clock.advance(1000);
    await setting.emulator.idle();
    assert.deepEqual(setting.statusesOf(wamid), ["delivered", "failed"]);
  },
  906: async (setting, to) => {
    const codes: unknown[] = [];
    for (let count = 0; count < 8; count += 1) codes.push((await setting.text(to)).error?.code ?? "taken");
    assert.deepEqual(codes, [130429, 130429, 130429, "taken", 130429, 130429, 130429, "taken"]);
  },
  907: async (setting, to) => {
    assert.ok(await isReset(setting.text(to)));
    await setting.emulator.idle();
    assert.equal(setting.emulator.messages().length, 1);
    assert.deepEqual(setting.receiver.statuses, []);
    const { wamid } = await sendText(setting, to);
    assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered"]);
    assert.ok(await isReset(setting.text(to)));
  },
  908: async (setting, to) => {
    assert.ok(await isReset(setting.text(to)));
    await setting.emulator.idle();
    const [message] = setting.emulator.messages();
    assert.deepEqual(setting.statusesOf(message?.id ?? ""), ["sent", "delivered"]);
  },
  909: async (setting, to) => {
    const sent = setting.text(to);
    let isAnswered = false;
    void sent.then(() => {
      isAnswered = true;
    });
    while (setting.clock.nextMs === null) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(setting.clock.nextMs, 5000);
    assert.ok(!isAnswered);
    setting.clock.advance(5000);
    assert.equal((await sent).status, 200);
  },
  910: async (setting, to) => {
    assert.ok(await isReset(setting.text(to)));
    await setting.emulator.idle();
    assert.deepEqual(setting.emulator.messages(), []);
    assert.deepEqual(setting.receiver.webhooks, []);
  },
  911: async (setting, to) => {
    const response = await fetch(`${setting.emulator.url}/v25.0/${PHONE}/messages`, {
      method: "POST",
      headers: { authorization: "Bearer a-token" },
      body: JSON.stringify({ messaging_product: "whatsapp", to, text: { body: "Hello" } }),
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("connection"), "close");
    await response.text();
  },
  913: async (setting, to) => {
    const controller = new AbortController();
    const sent = fetch(`${setting.emulator.url}/v25.0/${PHONE}/messages`, {
      method: "POST",
      headers: { authorization: "Bearer a-token" },
      body: JSON.stringify({ messaging_product: "whatsapp", to, text: { body: "Hello" } }),
      signal: controller.signal,
    });
    sent.catch(() => {});
    while (setting.emulator.counters.requests === 0) await new Promise((resolve) => setImmediate(resolve));
    await setting.emulator.idle();
    assert.equal((await setting.text("447700900000")).status, 200);
    assert.equal(await Promise.race([sent.then(() => "answered"), Promise.resolve("open")]), "open");
    assert.equal(setting.emulator.messages().length, 1);
    controller.abort();
  },
  921: repliesWith("text", ({ text }) => assert.deepEqual(text, { body: "Reply" })),
  926: repliesWith("text", ({ text }) => assert.deepEqual(text, { body: "Одговор \u{1F4EF}" })),
  931: reportedAs("sent", "delivered", "read"),
  932: reportedAs("sent", "read"),
  933: reportedAs("sent", "delivered", "played"),
  934: reportedAs("read", "delivered", "sent"),
  935: async (setting, to) => {
    const { wamid } = await sendText(setting, to);
    assert.equal(setting.receiver.webhooks.length, 1);
    assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered", "read"]);
  },
  936: async (setting, to) => {
    const { body, wamid } = await setting.send(to, TEMPLATE);
    await setting.emulator.idle();
    assert.deepEqual(body["messages"], [{ id: wamid, message_status: "held_for_quality_assessment" }]);
    assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered"]);
  },
  937: async (setting, to) => {
    const { body, wamid } = await setting.send(to, TEMPLATE);
    await setting.emulator.idle();
    assert.deepEqual(body["messages"], [{ id: wamid, message_status: "paused" }]);
    assert.deepEqual(errorCodesOf(setting.receiver.statuses[0]), [132015]);
  },
  938: async (setting, to) => {
    await sendText(setting, to);
    const [message] = setting.receiver.messages;
    assert.equal(message?.["from"], undefined);
    assert.equal(message?.["from_user_id"], `GB.${to}`);
    const contacts = setting.receiver.webhooks.at(-1)?.value["contacts"];
    assert.deepEqual(contacts, [{ profile: { name: "Posthorn User" }, user_id: `GB.${to}` }]);
  },
  940: async (setting, to) => {
    await sendText(setting, to);
    const ids = setting.receiver.messages.map(({ id }) => id);
    assert.equal(ids.length, 2);
    assert.equal(new Set(ids).size, 1);
  },
  941: repliesWith("image", ({ image }) => assert.equal((image as { caption: string }).caption, "Look")),
  942: repliesWith("audio", ({ audio }) => assert.equal((audio as { voice: boolean }).voice, true)),
  943: repliesWith("document"),
  944: repliesWith("video"),
  945: repliesWith("sticker"),
  946: repliesWith("location"),
  947: repliesWith("contacts"),
  948: repliesWith("reaction", ({ reaction }, setting) => {
    assert.equal((reaction as { message_id: string }).message_id, setting.emulator.messages()[0]?.id);
  }),
  949: async (setting, to) => {
    const { wamid } = await setting.send(to, BUTTONS);
    await setting.emulator.idle();
    const [message] = setting.receiver.messages;
    assert.deepEqual(message?.["context"], { from: BUSINESS, id: wamid });
    assert.deepEqual(message?.["interactive"], { type: "button_reply", button_reply: { id: "y", title: "Yes" } });
    await sendText(setting, to);
    assert.equal(setting.receiver.messages.at(-1)?.["type"], "text");
  },
  950: repliesWith("interactive", ({ interactive }) => {
    assert.equal((interactive as { type: string }).type, "nfm_reply");
  }),
  951: repliesWith("order"),
  952: repliesWith("system", ({ system }) => {
    assert.equal((system as { wa_id: string }).wa_id, "447700900000");
  }),
  953: repliesWith("unsupported", ({ errors }) => assert.equal((errors as [{ code: number }])[0].code, 131051)),
};

/** The rule that the page gives: 100 + n, 200 + n and 300 + n. */
function checkOf(number: number): Check | undefined {
  if (CHECKS[number] !== undefined) return CHECKS[number];
  if (number >= 100 && number < 200) return refusedWith(131000 + number - 100);
  if (number >= 200 && number < 300) return failedWith(131000 + number - 200);
  if (number >= 300 && number < 400) return refusedWith(132000 + number - 300);
  return undefined;
}

test("every magic number that a check is for is in the table", () => {
  const numbers = MAGIC_NUMBERS.map(({ user }) => Number(user.slice(-3)));
  assert.ok(numbers.length > 80);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const number of Object.keys(CHECKS)) assert.ok(numbers.includes(Number(number)), number);
});

for (const { user, description } of MAGIC_NUMBERS) {
  test(`${user}: ${description}`, async () => {
    const check = checkOf(Number(user.slice(-3)));
    assert.ok(check !== undefined, "nothing holds this row true");
    await using setting = await Setting.start();
    await check(setting, user);
  });
}

test("with magic numbers off all of them are ordinary users", async () => {
  await using setting = await Setting.start({ hasMagicNumbers: false, windowIsOpen: () => true });
  for (const user of ["447700900126", "447700900226", "447700900906"]) {
    const { wamid } = await sendText(setting, user);
    assert.deepEqual(setting.statusesOf(wamid), ["sent", "delivered"]);
  }
});
