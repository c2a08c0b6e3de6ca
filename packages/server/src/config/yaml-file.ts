import { readFileSync, statSync } from "node:fs";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from "yaml";
import type { ConfigProblem } from "./config-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { ENTRY_SECTIONS, type EntryPath, type EntrySection, noEntries, readEntrySection } from "./entries.ts";
import type { Entries } from "./entries-schema.ts";
import { refusalOf, SECTIONS, type Section, SETTING_OF_PATH, SETTINGS, type SettingValue } from "./settings.ts";

/** A configuration has some fifty lines; whatever is larger than this is another file. */
const FILE_BYTES_MAX = 1_048_576;

export interface Position {
  file: string;
  line: number;
  column: number;
}

export interface FileSettings {
  values: ReadonlyMap<string, SettingValue>;
  /** Where each value stands. */
  positions: ReadonlyMap<string, Position>;
  entries: Entries;
  /** Where an entry or a member of it stands; where that is not written, what is around it. */
  positionOf: (path: EntryPath) => Position | undefined;
  problems: readonly ConfigProblem[];
}

const failed = (file: string, message: string): FileSettings => ({
  values: new Map(),
  positions: new Map(),
  entries: noEntries(),
  positionOf: () => undefined,
  problems: [{ path: "", message, file }],
});

/** Reads the settings of a YAML file. Never throws: a file that cannot be read is a problem like any other. */
export function readConfigFile(file: string): FileSettings {
  let text: string;
  try {
    if (statSync(file).size > FILE_BYTES_MAX) return failed(file, `larger than ${FILE_BYTES_MAX} bytes`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    return failed(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return new Reader(text, file).read();
}

/** One pass over a file's nodes, not over its plain values: only the nodes know their lines. */
class Reader {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #values = new Map<string, SettingValue>();
  readonly #positions = new Map<string, Position>();
  readonly #entries = noEntries();
  readonly #problems: ConfigProblem[] = [];

  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  read(): FileSettings {
    const { errors, warnings, contents } = this.#document;
    for (const { code, message, pos } of [...errors, ...warnings]) {
      // The parser's own text recommends a function to programmers.
      this.#refuse("", code === "MULTIPLE_DOCS" ? "a second document begins; there may be only one" : message, pos[0]);
    }
    // What stands behind a syntax error means nothing, and would only hide the error under others.
    if (errors.length === 0) this.#readRoot(contents);
    return {
      values: this.#values,
      positions: this.#positions,
      entries: this.#entries,
      positionOf: (path) => this.#positionOf(path),
      problems: this.#problems,
    };
  }

  #positionOf(path: EntryPath): Position {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = this.#offsetOf(path.slice(0, length));
      if (offset !== undefined) return this.#position(offset);
    }
    return this.#position(0);
  }

  /** Of the key, where there is one: that is where a person looks. */
  #offsetOf(path: EntryPath): number | undefined {
    const parent = this.#resolve(
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true),
    );
    const last = path.at(-1);
    const pair = isMap(parent) ? parent.items.find((item) => keyOf(item) === String(last)) : undefined;
    const node = pair === undefined ? (isSeq(parent) ? parent.items[Number(last)] : undefined) : pair.key;
    return node === undefined ? undefined : offsetOf(node);
  }

  #readEntries(section: EntrySection, { value }: Pair): void {
    let given: unknown;
    try {
      given = (this.#resolve(value) as { toJS?: (document: Document) => unknown } | null)?.toJS?.(this.#document);
    } catch (error) {
      // An alias to nowhere, or so many of them that they would fill the memory.
      this.#refuse(section, error instanceof Error ? error.message : String(error), offsetOf(value));
      return;
    }
    readEntrySection(section, given, this.#entries, (path, message) => {
      this.#problems.push({ path: path.join("."), message, ...this.#positionOf(path) });
    });
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }

  #refuse(path: string, message: string, offset: number): void {
    this.#problems.push({ path, message, ...this.#position(offset) });
  }

  /** What an alias stands for; an alias to nowhere stays itself, and is then neither a section nor a value. */
  #resolve(node: unknown): unknown {
    return isAlias(node) ? (node.resolve(this.#document) ?? node) : (node ?? null);
  }

  /** The pairs of a mapping; none for an empty node (everything in it commented out); undefined for anything else. */
  #pairs(node: unknown): readonly Pair[] | undefined {
    const resolved = this.#resolve(node);
    if (resolved === null || (isScalar(resolved) && resolved.value === null)) return [];
    return isMap(resolved) ? resolved.items : undefined;
  }

  /** No setting is a list or a mapping, so of those only the kind is told, for the message. */
  #plainValue(node: unknown): unknown {
    const resolved = this.#resolve(node);
    if (isScalar(resolved)) return resolved.value;
    if (resolved === null) return null;
    return isSeq(resolved) ? [] : {};
  }

  #readRoot(root: unknown): void {
    const pairs = this.#pairs(root);
    if (pairs === undefined) {
      this.#refuse("", `expected sections (${SECTIONS.map((section) => section.name).join(", ")})`, offsetOf(root));
    }
    for (const pair of pairs ?? []) {
      const name = keyOf(pair);
      const section = SECTIONS.find((candidate) => candidate.name === name);
      const entrySection = ENTRY_SECTIONS.find((candidate) => candidate === name);
      if (entrySection !== undefined) this.#readEntries(entrySection, pair);
      else if (section === undefined) this.#refuse(name, unknownSection(name), offsetOf(pair.key));
      else this.#readSection(section, pair);
    }
  }

  #readSection(section: Section, { key, value }: Pair): void {
    const pairs = this.#pairs(value);
    if (pairs === undefined) {
      this.#refuse(section.name, "is a section: its settings go below it, indented", offsetOf(value ?? key));
    }
    for (const pair of pairs ?? []) this.#readSetting(section, pair);
  }

  #readSetting(section: Section, pair: Pair): void {
    const path = `${section.name}.${keyOf(pair)}`;
    const setting = SETTING_OF_PATH.get(path);
    if (setting === undefined) {
      this.#refuse(path, unknownSetting(section, keyOf(pair)), offsetOf(pair.key));
      return;
    }
    const value = this.#plainValue(pair.value);
    const offset = offsetOf(pair.value) || offsetOf(pair.key);
    const refusal = refusalOf(setting, value);
    if (refusal !== undefined) this.#refuse(path, refusal, offset);
    else {
      this.#values.set(path, value as SettingValue);
      this.#positions.set(path, this.#position(offset));
    }
  }
}

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));

function offsetOf(node: unknown): number {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0] ?? 0;
}

function unknownSection(name: string): string {
  const dotted = SETTING_OF_PATH.get(name);
  if (dotted !== undefined) {
    return `unknown section; write "${dotted.section}:" and, indented below it, "${dotted.name}:"`;
  }
  const names = [...SECTIONS.map((section) => section.name), ...ENTRY_SECTIONS];
  const suggestion = didYouMean(name, names) ?? SETTINGS.find((setting) => setting.name === name)?.path;
  return `unknown section${suggestion === undefined ? `; there are ${names.join(", ")}` : `; did you mean ${suggestion}?`}`;
}

function unknownSetting(section: Section, name: string): string {
  const here = didYouMean(
    name,
    section.settings.map((setting) => setting.name),
  );
  const suggestion =
    here === undefined ? SETTINGS.find((setting) => setting.name === name)?.path : `${section.name}.${here}`;
  return `unknown setting${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`;
}
