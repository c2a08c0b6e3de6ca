/** The carrier's secrets, which may be replaced where they are kept while the carrier runs. */
import type { Log } from "../../kernel/log.ts";

export interface CloudSecretValues {
  readonly token: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  /** The PIN of two-step verification that numbers are registered with; null: they are registered elsewhere. */
  readonly registrationPin: string | null;
}

const MEMBERS = ["token", "appSecret", "verifyToken", "registrationPin"] as const;

export interface CloudSecretsOptions {
  readonly name: string;
  readonly log: Log;
  /** Each from where it is kept. @throws Error that says what is missing, and has no secret in it */
  readonly read: () => CloudSecretValues;
}

export class CloudSecrets {
  readonly #options: CloudSecretsOptions;
  #values: CloudSecretValues;

  /** @throws what `read` throws */
  constructor(options: CloudSecretsOptions) {
    this.#options = options;
    this.#values = options.read();
  }

  get token(): string {
    return this.#values.token;
  }

  get appSecret(): string {
    return this.#values.appSecret;
  }

  get verifyToken(): string {
    return this.#values.verifyToken;
  }

  get registrationPin(): string | null {
    return this.#values.registrationPin;
  }

  /** What cannot be read stays as it was, and the log says so: a file that is being replaced may be gone for a moment. */
  readAgain() {
    const { name, log, read } = this.#options;
    try {
      const before = this.#values;
      this.#values = read();
      const replaced = MEMBERS.filter((member) => this.#values[member] !== before[member]);
      if (replaced.length === 0) return;
      log.info({ event: "whatsapp.secrets_replaced", carrier: name, replaced }, "other secrets hold from now on");
    } catch (error) {
      const line = { event: "whatsapp.secrets_unreadable", carrier: name, err: error };
      log.error(line, "the secrets could not be read again; those that were read before still hold");
    }
  }

  /** Whether there is another token than one that was refused; looked for where it is kept. */
  isReplaced(refused: string): boolean {
    if (this.token === refused) this.readAgain();
    return this.token !== refused;
  }
}
