/** Octet before a septet of the extension table (3GPP TS 23.038 clause 6.2.1). */
export const GSM7_ESCAPE = 0x1b;

/** National language identifiers (3GPP TS 23.038 clause 6.2.1.2.4) that the parts' headers must name. */
export interface NationalTables {
  /** Stands in for the extension table: information element 0x24. */
  readonly singleShift?: number;
  /** Stands in for the default alphabet: information element 0x25. */
  readonly lockingShift?: number;
}

export type ExtensionTable = readonly (readonly [character: string, septet: number])[];

export interface AlphabetTables {
  /** 128 characters in septet order; the escape's own place holds U+001B and is never looked up. */
  readonly basic: string;
  readonly extension: ExtensionTable;
  readonly national?: NationalTables;
}

const ASCII_COUNT = 0x80;
const SEPTET_COUNT = 0x80;

/**
 * A pair of tables, as look-ups. A character of the basic table costs one septet, one of the extension table two: the
 * escape and its own. One that stands in both is written the short way, at its lowest septet.
 */
export class Alphabet {
  readonly national: NationalTables;
  readonly #octetsOfCharacter = new Map<string, readonly number[]>();
  /** Septets of each ASCII code; 0 = in neither table. An array and not the map below: it serves nearly every text. */
  readonly #septetsOfAscii = new Uint8Array(ASCII_COUNT);
  readonly #septetsBeyondAscii = new Map<number, 1 | 2>();

  constructor({ basic, extension, national = {} }: AlphabetTables) {
    if (basic.length !== SEPTET_COUNT) throw new Error(`an alphabet has ${SEPTET_COUNT} places, not ${basic.length}`);
    this.national = national;
    for (let septet = 0; septet < SEPTET_COUNT; septet += 1) {
      if (septet !== GSM7_ESCAPE) this.#define(basic.charAt(septet), [septet]);
    }
    for (const [character, septet] of extension) this.#define(character, [GSM7_ESCAPE, septet]);
  }

  #define(character: string, octets: readonly number[]) {
    if (this.#octetsOfCharacter.has(character)) return;
    const code = character.charCodeAt(0);
    const septets = octets.length === 1 ? 1 : 2;
    this.#octetsOfCharacter.set(character, octets);
    if (code < ASCII_COUNT) this.#septetsOfAscii[code] = septets;
    else this.#septetsBeyondAscii.set(code, septets);
  }

  /**
   * What a UTF-16 unit costs: 1 septet, 2 by way of the extension table, 0 when it is in neither. Surrogates are never
   * in either, so a unit is enough and no code point has to be put together.
   */
  septetCount(unit: number): 0 | 1 | 2 {
    if (unit < ASCII_COUNT) return this.#septetsOfAscii[unit] as 0 | 1 | 2;
    return this.#septetsBeyondAscii.get(unit) ?? 0;
  }

  /** The septets of a text, or -1 - (place of the first unit in neither table). Allocates nothing: the hot path. */
  measure(text: string): number {
    const septetsOfAscii = this.#septetsOfAscii;
    let septets = 0;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      const cost = unit < ASCII_COUNT ? septetsOfAscii[unit] : this.#septetsBeyondAscii.get(unit);
      if (cost === undefined || cost === 0) return -1 - index;
      septets += cost;
    }
    return septets;
  }

  /** The character as it travels unpacked, one septet in an octet: one octet, or the escape and another; or undefined. */
  octets(character: string): readonly number[] | undefined {
    return this.#octetsOfCharacter.get(character);
  }

  /** Every character that it can carry. */
  characters(): readonly string[] {
    return [...this.#octetsOfCharacter.keys()];
  }
}
