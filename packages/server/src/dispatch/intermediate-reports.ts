/** As `accept` writes it. Inside a text it would have a backslash before its quotes. */
const WRITTEN = '"intermediateReport":true';

/** Most messages have no options, and of those that have, few have this: nothing is parsed for the others. */
export function asksForIntermediateReports(options: string | null): boolean {
  if (options === null || !options.includes(WRITTEN)) return false;
  return (JSON.parse(options) as { intermediateReport?: unknown }).intermediateReport === true;
}
