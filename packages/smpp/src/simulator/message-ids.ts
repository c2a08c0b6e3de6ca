/** Ids as message centres write them. The number behind is a counter; carriers differ in how they show it. */
import { fieldError } from "../errors.ts";

export type MessageIdBase = "decimal" | "hex" | "HEX";

/** How an id is written: `HEX` is hexadecimal in capitals; zeros are put before it until it has `width` digits. */
export interface MessageIdStyle {
  readonly base: MessageIdBase;
  /** 0, which pads nothing, unless given; 64 at most, as message_id has room for. */
  readonly width?: number;
}

const WIDTH_MAX = 64;

export function checkMessageIdStyle({ base, width = 0 }: MessageIdStyle): void {
  if (base !== "decimal" && base !== "hex" && base !== "HEX") throw fieldError("base", "is decimal, hex or HEX");
  if (!Number.isInteger(width) || width < 0 || width > WIDTH_MAX) throw fieldError("width", `is 0 to ${WIDTH_MAX}`);
}

export function formatMessageId(number: number, { base, width = 0 }: MessageIdStyle): string {
  const digits = base === "decimal" ? String(number) : number.toString(16);
  const cased = base === "HEX" ? digits.toUpperCase() : digits;
  return width === 0 ? cased : cased.padStart(width, "0");
}

/** The number of an id that was written in this style; null when it is none. */
export function parseMessageId(id: string, style: MessageIdStyle): number | null {
  const number = style.base === "decimal" ? Number(id) : Number.parseInt(id, 16);
  return Number.isSafeInteger(number) && formatMessageId(number, style) === id ? number : null;
}
