import { COMMAND_STATUS } from "../command-status.ts";
import { fieldError, isSmppError, SmppError } from "../errors.ts";
import { compileDecoder, compileEmpty, type Decode, type OctetsMax } from "./compile-decoder.ts";
import { compileEncoder, type Encode } from "./compile-encoder.ts";
import { HEADER_OCTETS, readHeader, readUint32 } from "./header.ts";
import { type Command, COMMANDS, isResponse, layoutOf, type Pdu, type PduInput } from "./pdu.ts";

/** Limits that differ from the specification's, by the field's name: octets with the final NUL. */
export interface CodecOptions {
  /** For PDUs that we write. The specification's, unless a peer is known to take more, such as a longer `password`. */
  readonly encodeOctetsMax?: OctetsMax;
  /** For PDUs that we read. `systemId` and `password` may have 64 octets unless this says otherwise. */
  readonly decodeOctetsMax?: OctetsMax;
}

export interface Codec {
  /**
   * Reads the PDU from `start` to `end`. What is wrong inside it is an SmppError `SMPP_PDU_INVALID` with the header and
   * the command status to answer. Octets outside are never looked at.
   */
  decode(octets: Buffer, start?: number, end?: number): Pdu;
  /**
   * Writes a PDU into a buffer that is reused.
   *
   * @param sequenceNumber takes the place of the PDU's own.
   * @returns the offset after the PDU, or its size as a negative number when there is too little room.
   * @throws SmppError `SMPP_FIELD_INVALID` when a field breaks its limit.
   */
  encodeInto(target: Uint8Array, offset: number, pdu: PduInput, sequenceNumber?: number): number;
  /** Writes a PDU into octets of its own. */
  encode(pdu: PduInput): Buffer;
}

interface Entry {
  readonly isResponse: boolean;
  readonly decode: Decode;
  readonly empty: (commandStatus: number, sequenceNumber: number) => Pdu;
}

/** Ids are below 0x104 apart from the response bit, so two arrays find an entry without hashing. */
const COMMAND_ID_END = 0x104;

const SCRATCH_OCTETS = 1024;

class CompiledCodec implements Codec {
  readonly #requests = Array.from({ length: COMMAND_ID_END }, (): Entry | null => null);
  readonly #responses = Array.from({ length: COMMAND_ID_END }, (): Entry | null => null);
  readonly #encoders: Readonly<Record<Command, Encode>>;
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_OCTETS);

  constructor({ encodeOctetsMax = {}, decodeOctetsMax = {} }: CodecOptions) {
    const encoders: Partial<Record<Command, Encode>> = {};
    for (const command of COMMANDS) {
      const entries = isResponse(command) ? this.#responses : this.#requests;
      entries[layoutOf(command).id & 0x7fffffff] = {
        isResponse: isResponse(command),
        decode: compileDecoder(command, decodeOctetsMax),
        empty: compileEmpty(command),
      };
      encoders[command] = compileEncoder(command, encodeOctetsMax);
    }
    this.#encoders = encoders as Record<Command, Encode>;
  }

  decode(octets: Buffer, start = 0, end = octets.length): Pdu {
    if (start < 0 || end > octets.length || end - start < HEADER_OCTETS || readUint32(octets, start) !== end - start) {
      throw new SmppError("SMPP_FRAME_INVALID", "The octets are not one PDU");
    }
    const commandId = readUint32(octets, start + 4);
    const commandStatus = readUint32(octets, start + 8);
    const sequenceNumber = readUint32(octets, start + 12);
    const index = commandId & 0x7fffffff;
    const entry = (commandId > 0x7fffffff ? this.#responses : this.#requests)[index] ?? null;
    if (entry === null) {
      throw new SmppError("SMPP_PDU_INVALID", `command_id 0x${commandId.toString(16)} is unknown`, {
        commandStatus: COMMAND_STATUS.RINVCMDID,
        header: readHeader(octets, start),
      });
    }
    // Responses come without a body when they refuse, and from some peers also when they do not.
    if (entry.isResponse && end - start === HEADER_OCTETS) return entry.empty(commandStatus, sequenceNumber);
    if (!entry.isResponse || commandStatus === 0) {
      return entry.decode(octets, start, end, commandStatus, sequenceNumber);
    }
    try {
      return entry.decode(octets, start, end, commandStatus, sequenceNumber);
    } catch (error) {
      // A refusal is understood by its status; whatever stands after it may be anything.
      if (isSmppError(error)) return entry.empty(commandStatus, sequenceNumber);
      throw error;
    }
  }

  encodeInto(target: Uint8Array, offset: number, pdu: PduInput, sequenceNumber = pdu.sequenceNumber ?? 0): number {
    const encode = this.#encoders[pdu.command];
    if (encode === undefined) throw fieldError("command", "is none of SMPP 3.4");
    return encode(target, offset, pdu, sequenceNumber);
  }

  encode(pdu: PduInput): Buffer {
    let end = this.encodeInto(this.#scratch, 0, pdu);
    if (end < 0) {
      const target = Buffer.allocUnsafeSlow(-end);
      end = this.encodeInto(target, 0, pdu);
      return target;
    }
    return Buffer.from(this.#scratch.subarray(0, end));
  }
}

/** Compiles a codec with limits of its own: some milliseconds, once per carrier and not per session. */
export function createCodec(options: CodecOptions = {}): Codec {
  return new CompiledCodec(options);
}

/** The specification's limits for what is written, and a little more patience for what is read. */
export const defaultCodec: Codec = createCodec();
