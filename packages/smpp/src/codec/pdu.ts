import { type Field, LAYOUTS, type Layout } from "./layouts.ts";
import type { Tlv } from "./tlv.ts";

export type Command = keyof typeof LAYOUTS;

/** One destination of submit_multi: an address (dest_flag 1) or the name of a distribution list (dest_flag 2). */
export type DestAddress =
  | {
      readonly destFlag: 1;
      readonly destAddrTon: number;
      readonly destAddrNpi: number;
      readonly destinationAddr: string;
    }
  | { readonly destFlag: 2; readonly dlName: string };

/** A destination that submit_multi did not reach, with the command status that says why. */
export interface UnsuccessSme {
  readonly destAddrTon: number;
  readonly destAddrNpi: number;
  readonly destinationAddr: string;
  readonly errorStatusCode: number;
}

interface Values {
  readonly cString: string;
  readonly uint8: number;
  readonly shortMessage: Uint8Array;
  readonly destAddresses: readonly DestAddress[];
  readonly unsuccessSmes: readonly UnsuccessSme[];
}

type FieldsOf<Fields extends readonly Field[]> = {
  readonly [F in Fields[number] as F["name"]]: F["kind"] extends keyof Values ? Values[F["kind"]] : never;
};

/**
 * A PDU as it is read: every field of the specification is there. Strings are Latin-1, octet by octet. `shortMessage`
 * and the values of TLVs are views of the octets that were read: copy what is kept, it holds the whole chunk in memory.
 */
export type PduOf<C extends Command> = {
  readonly command: C;
  readonly commandStatus: number;
  readonly sequenceNumber: number;
} & FieldsOf<(typeof LAYOUTS)[C]["fields"]> & { readonly tlvs: readonly Tlv[] };

export type Pdu = { [C in Command]: PduOf<C> }[Command];

/** A PDU as it is written: what is left out is empty, or 0. */
export type PduInputOf<C extends Command> = {
  readonly command: C;
  readonly commandStatus?: number;
  readonly sequenceNumber?: number;
} & Partial<FieldsOf<(typeof LAYOUTS)[C]["fields"]>> & { readonly tlvs?: readonly Tlv[] };

export type PduInput = { [C in Command]: PduInputOf<C> }[Command];

export type ResponseCommand = Extract<Command, `${string}_resp`>;
/** The requests that are answered; outbind and alert_notification are not (§4.1.7, §4.12). */
export type RequestCommand = ResponseCommand extends infer R
  ? R extends `${infer C}_resp`
    ? C & Command
    : never
  : never;

export const COMMANDS = Object.keys(LAYOUTS) as readonly Command[];

export const layoutOf = (command: Command): Layout => LAYOUTS[command];

const COMMAND_BY_ID = new Map<number, Command>(COMMANDS.map((command) => [LAYOUTS[command].id, command]));

export const commandOfId = (commandId: number): Command | undefined => COMMAND_BY_ID.get(commandId);

const RESPONSE_BY_REQUEST = new Map<Command, ResponseCommand>();
for (const command of COMMANDS) {
  const response = `${command}_resp`;
  if (Object.hasOwn(LAYOUTS, response)) RESPONSE_BY_REQUEST.set(command, response as ResponseCommand);
}

/** The command that answers a request; undefined for a response, outbind and alert_notification. */
export const responseOf = (command: Command): ResponseCommand | undefined => RESPONSE_BY_REQUEST.get(command);

export const isResponse = (command: Command): boolean => LAYOUTS[command].id >= 0x80000000;
