/** What customers are told when Meta refuses to administer something: its own words, under a status that fits. */
import { Fault } from "../../kernel/faults.ts";
import { RequestRefused } from "../../kernel/request-refused.ts";
import { type Json, numberIn, objectIn, textIn } from "./json.ts";

type Meaning = RequestRefused["status"] | "operators" | "later";

/** By `error_subcode`, which says more than the code: 100 is most of what can be wrong. */
const BY_SUBCODE: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  // There is no such object, or the token may not see it.
  [33, 404],
  // No template of that name.
  [2593002, 404],
]);

const CODES: readonly (readonly [Meaning, readonly number[]])[] = [
  ["operators", [0, 3, 10, 190, 368, 131005, 131031]],
  [429, [4, 17, 80007, 80008, 130429, 133016]],
  ["later", [1, 2, 131000, 131016, 131057, 133004]],
  [404, [803]],
];
const BY_CODE = new Map(CODES.flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)));
/** Permissions that the app lacks. */
const PERMISSION_MIN = 200;
const PERMISSION_MAX = 299;
const WORDS_LENGTH_MAX = 500;

export interface Refusal {
  readonly error: RequestRefused | Fault;
  readonly code: number | null;
  readonly subcode: number | null;
  readonly words: string;
  /** It is the token's or the account's fault, and nothing that a customer can mend. */
  readonly isOperators: boolean;
}

/** @param error the member `error` of an answer @param token which no customer and no log is to see */
export function refusalOf(error: Json, token: string): Refusal {
  const code = numberIn(error["code"]) ?? null;
  const subcode = numberIn(error["error_subcode"]) ?? null;
  const words = wordsOf(error).replaceAll(token, "***").slice(0, WORDS_LENGTH_MAX);
  const meaning = meaningOf(code, subcode, error["is_transient"] === true);
  const isOperators = meaning === "operators";
  if (meaning === "later") {
    return { error: new Fault("CARRIER_UNREACHABLE", { detail: words }), code, subcode, words, isOperators };
  }
  return { error: new RequestRefused(isOperators ? 403 : meaning, words), code, subcode, words, isOperators };
}

function meaningOf(code: number | null, subcode: number | null, isTransient: boolean): Meaning {
  const known = BY_SUBCODE.get(subcode ?? -1) ?? BY_CODE.get(code ?? -1);
  if (known !== undefined) return known;
  if (code !== null && code >= PERMISSION_MIN && code <= PERMISSION_MAX) return "operators";
  // An answer that is neither what was asked for nor an error that can be named says nothing.
  return code === null || isTransient ? "later" : 400;
}

/** The most useful ones: what Meta shows to people, else what it tells programs. */
function wordsOf(error: Json): string {
  const [title, text] = [textIn(error["error_user_title"]), textIn(error["error_user_msg"])];
  if (text !== undefined) return title === undefined ? text : `${title}: ${text}`;
  return textIn(objectIn(error["error_data"])["details"]) ?? textIn(error["message"]) ?? "WhatsApp refused.";
}
