import { InvalidRequest } from "../kernel/invalid-request.ts";

/** The place in the log after a record. Opaque to clients: they may only hand it back. */
export interface LogPlace {
  readonly sentAt: number;
  readonly seq: number;
}

export function encodeCursor({ sentAt, seq }: LogPlace): string {
  return Buffer.from(`${sentAt}.${seq}`).toString("base64url");
}

/** @throws InvalidRequest when it is not one of ours */
export function decodeCursor(cursor: string): LogPlace {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  if (match === null) throw new InvalidRequest("cursor", "is not a cursor of this server");
  return { sentAt: Number(match[1]), seq: Number(match[2]) };
}
