import { type Command, commandOfId } from "./pdu.ts";

/** command_length, command_id, command_status and sequence_number (§3.2). */
export const HEADER_OCTETS = 16;

export interface PduHeader {
  readonly commandLength: number;
  readonly commandId: number;
  /** Undefined when no layout has this id. */
  readonly command: Command | undefined;
  readonly commandStatus: number;
  /** As the peer chose it, 0 to 0xFFFFFFFF: SMPP 3.4 reserves 0 and the upper half, and carriers use both. */
  readonly sequenceNumber: number;
}

/** An unsigned integer of four octets; the caller knows that they are there. */
export function readUint32(octets: Uint8Array, offset: number): number {
  return (
    (((octets[offset] as number) << 24) |
      ((octets[offset + 1] as number) << 16) |
      ((octets[offset + 2] as number) << 8) |
      (octets[offset + 3] as number)) >>>
    0
  );
}

export function writeUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}

/** `start` is where a whole header begins. */
export function readHeader(octets: Uint8Array, start: number): PduHeader {
  const commandId = readUint32(octets, start + 4);
  return {
    commandLength: readUint32(octets, start),
    commandId,
    command: commandOfId(commandId),
    commandStatus: readUint32(octets, start + 8),
    sequenceNumber: readUint32(octets, start + 12),
  };
}
