import type { IncomingMessage } from "node:http";
import type { MessagesAnswer } from "../messages/sends.ts";

/** One request of the Graph API. */
export interface GraphRequest {
  readonly method: string;
  /** Without the version. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: IncomingMessage;
  /** The object that the path begins with. */
  readonly objectId: string;
  /** The body as JSON, or as a form; {} where there is none. */
  readonly body: () => Promise<unknown>;
}

/** JSON, or something else as it is. */
export type GraphAnswer =
  | { readonly json: unknown }
  | { readonly data: Uint8Array; readonly contentType: string }
  | MessagesAnswer;

/** Undefined: no such object, edge or method. */
export type GraphHandler = (request: GraphRequest) => Promise<GraphAnswer> | GraphAnswer | undefined;

/** By method and edge: `POST messages`; the object itself has an empty edge: `GET `. */
export type EdgeTable = Readonly<Record<string, GraphHandler>>;

/** Meta takes a path without a version too; a client that others wrote sends some so. */
const OBJECT_PATH = /^(?:\/v\d+\.\d+)?\/(\d+|upload:[\w=+-]+)(?:\/([^/]+))?\/?$/;

/** Of any version. Null: no path of the Graph API. */
export function splitPath(path: string): { readonly objectId: string; readonly edge: string } | null {
  const match = OBJECT_PATH.exec(path);
  if (match === null) return null;
  return { objectId: match[1] ?? "", edge: match[2] ?? "" };
}

/** Of several tables with the same edge, the first that knows the object answers. */
export function joinEdges(tables: readonly EdgeTable[]): EdgeTable {
  const keys = new Set(tables.flatMap((table) => Object.keys(table)));
  return Object.fromEntries(
    [...keys].map((key): [string, GraphHandler] => [
      key,
      (request) => {
        for (const table of tables) {
          const answer = table[key]?.(request);
          if (answer !== undefined) return answer;
        }
        return undefined;
      },
    ]),
  );
}
