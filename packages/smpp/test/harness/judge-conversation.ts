import assert from "node:assert/strict";
import { createCodec } from "../../src/codec/codec.ts";
import { FrameReader } from "../../src/codec/frame-reader.ts";
import { layoutOf, type Pdu } from "../../src/codec/pdu.ts";
import { dissect, type Octets } from "./tshark.ts";

/** Servers may take longer credentials than the specification has room for. */
const codec = createCodec({ decodeOctetsMax: { systemId: 256, password: 256 } });

/** The PDUs of one direction, as our own codec reads them. */
export function pdusOf(said: readonly Octets[], from: Octets["from"]): Pdu[] {
  const reader = new FrameReader();
  const pdus: Pdu[] = [];
  for (const { octets } of said.filter((octets) => octets.from === from)) {
    reader.push(Buffer.from(octets));
    while (reader.next()) pdus.push(codec.decode(reader.octets, reader.start, reader.end));
  }
  return pdus;
}

/**
 * Has tshark read what two sides said to each other: it must find nothing wrong, and the same PDUs as we do.
 *
 * @returns how often each command was said
 */
export function judgeConversation(sessions: readonly (readonly Octets[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const said of sessions) {
    const { frames, faults } = dissect(said, ["smpp.command_id", "smpp.sequence_number"]);
    assert.deepEqual(faults, []);
    const theirs = frames.flatMap((frame) =>
      (frame["smpp.command_id"] ?? []).map(
        (id, index) => `${Number(id)} ${Number(frame["smpp.sequence_number"]?.[index])}`,
      ),
    );
    const pdus = [...pdusOf(said, "ESME"), ...pdusOf(said, "SMSC")];
    const ours = pdus.map(({ command, sequenceNumber }) => `${layoutOf(command).id} ${sequenceNumber}`);
    assert.deepEqual(theirs.toSorted(), ours.toSorted());
    for (const { command } of pdus) counts.set(command, (counts.get(command) ?? 0) + 1);
  }
  return counts;
}
