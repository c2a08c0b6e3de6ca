/** The requests of load.ts: octets that were written beforehand, in which only the destinations change. */
import type { LoadPlan } from "./load.ts";

const TEXT = "Your parcel is on its way; you will find it at the counter of the shop.";
const PREFIX = "38591";
const CHANGING_DIGITS = 7;
/** Phones differ as long as there are no more messages than these. */
const PHONE_COUNT = 9_000_000;
const DIGIT_0 = 0x30;

/** Belongs to one connection: it is used again when the answer has come, and so everything has left. */
export class PreparedRequest {
  readonly octets: Buffer;
  /** Where the changing digits of each destination are. */
  readonly #places: readonly number[];

  /** @param text a request with the destinations of `phoneOf(0)` on */
  constructor(text: string, destinationCount: number) {
    this.octets = Buffer.from(text, "utf8");
    let from = 0;
    this.#places = Array.from({ length: destinationCount }, (_, index) => {
      const place = this.octets.indexOf(phoneOf(index), from, "latin1");
      if (place === -1) throw new Error(`the request does not name ${phoneOf(index)}`);
      from = place + PREFIX.length + CHANGING_DIGITS;
      return place + PREFIX.length;
    });
  }

  /** Makes it one for the messages from `first` on. */
  patch(first: number): void {
    const { octets } = this;
    let index = first;
    for (const place of this.#places) {
      let rest = index % PHONE_COUNT;
      for (let at = place + CHANGING_DIGITS - 1; at >= place; at -= 1) {
        octets[at] = DIGIT_0 + (rest % 10);
        rest = Math.trunc(rest / 10);
      }
      index += 1;
    }
  }
}

export function phoneOf(index: number): string {
  return PREFIX + String(index % PHONE_COUNT).padStart(CHANGING_DIGITS, "0");
}

export function prepareRequest(plan: LoadPlan): PreparedRequest {
  return plan.dialect === "kannel"
    ? new PreparedRequest(kannelText(plan), 1)
    : new PreparedRequest(infobipText(plan), plan.destinationsPerRequest);
}

function infobipText({ url, path, key, destinationsPerRequest, reportUrl }: LoadPlan): string {
  const webhooks = reportUrl === undefined ? {} : { webhooks: { delivery: { url: reportUrl } } };
  const destinations = Array.from({ length: destinationsPerRequest }, (_, index) => ({ to: phoneOf(index) }));
  const body = JSON.stringify({ messages: [{ sender: "Shop", destinations, content: { text: TEXT }, ...webhooks }] });
  return (
    `POST ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: App ${key}\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Kannel's user guide, "HTTP interface to smsbox". A mask of 3 asks for success and failure. */
function kannelText({ url, path, key, reportUrl }: LoadPlan): string {
  const fixed = { username: key, password: key, from: "Shop", text: TEXT };
  const reports = reportUrl === undefined ? {} : { "dlr-mask": "3", "dlr-url": `${reportUrl}?type=%d` };
  const query = new URLSearchParams({ ...fixed, ...reports }).toString();
  return `GET ${path}?${query}&to=${phoneOf(0)} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nconnection: keep-alive\r\n\r\n`;
}
