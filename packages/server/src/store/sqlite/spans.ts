/** Rows that lie side by side in their table: each seq is one more than that before it. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** @param rows by seq, each once */
export function spansOf(rows: readonly { readonly seq: number }[]): readonly Span[] {
  const spans: { first: number; last: number }[] = [];
  let span: { first: number; last: number } | undefined;
  for (const { seq } of rows) {
    if (span !== undefined && seq === span.last + 1) span.last = seq;
    else {
      span = { first: seq, last: seq };
      spans.push(span);
    }
  }
  return spans;
}
