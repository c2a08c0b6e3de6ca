/** Messages whose answers are remembered; a status says `sent` of one soon after its answer. */
const IDS_MAX = 10_000;

/**
 * The ids that answers to submissions have given lately. What is forgotten costs a look into the store when its `sent`
 * comes, and nothing else.
 */
export class AnsweredIds {
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
