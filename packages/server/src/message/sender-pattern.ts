/** Senders as configurations name them: case counts, `*` stands for any text. */

/** What stands between the stars. */
export type SenderPattern = readonly string[];

export const senderPattern = (written: string): SenderPattern => written.split("*");

/** The pieces between the stars, in order: the first at the beginning, the last at the end. Looks at no letter twice. */
export function fitsSenderPattern(sender: string, pieces: SenderPattern): boolean {
  const first = pieces[0] as string;
  if (pieces.length === 1) return sender === first;
  const last = pieces.at(-1) as string;
  if (sender.length < first.length + last.length || !sender.startsWith(first) || !sender.endsWith(last)) return false;
  const end = sender.length - last.length;
  let from = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] as string;
    const at = sender.indexOf(piece, from);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
