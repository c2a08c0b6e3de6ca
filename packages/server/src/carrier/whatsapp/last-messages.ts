/** Users whose last message is remembered; of those beyond them nothing can be shown to be typed. */
const USERS_MAX = 10_000;

/** The last message of each user to each number: WhatsApp shows a typing indicator only as an answer to one. */
export class LastMessages {
  readonly #ids = new Map<string, string>();

  note(number: string, user: string, wamid: string) {
    const key = `${number}/${user}`;
    this.#ids.delete(key);
    this.#ids.set(key, wamid);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > USERS_MAX && oldest !== undefined) this.#ids.delete(oldest);
  }

  of(number: string, user: string): string | undefined {
    return this.#ids.get(`${number}/${user}`);
  }
}
