/** More than come within the time in which one is looked for again. */
const IDS_MAX = 10_000;

/** WhatsApp's ids of what has been seen lately. What is forgotten costs a second look, and nothing else. */
export class RecentIds {
  readonly #ids = new Set<string>();

  note(wamid: string) {
    this.#ids.add(wamid);
    const [oldest] = this.#ids;
    if (this.#ids.size > IDS_MAX && oldest !== undefined) this.#ids.delete(oldest);
  }

  has(wamid: string): boolean {
    return this.#ids.has(wamid);
  }
}
