import { readFileSync, statSync } from "node:fs";
import { type Static, Type } from "typebox";

/** No password or key is as long; what is longer is another file. */
const SECRET_BYTES_MAX = 16_384;

/**
 * A secret of an entry, as the file may have it: not itself, but where it is. So a printed configuration, the
 * difference that a reload logs, and the file in a repository show none.
 */
export const SECRET_REFERENCE = Type.Object(
  {
    env: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z_][A-Za-z0-9_]{0,199}$",
        rule: "the name of an environment variable, not the secret itself",
        secret: true,
        description: "The environment variable that holds it.",
      }),
    ),
    file: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: "The file that holds it, and nothing else." }),
    ),
  },
  {
    additionalProperties: false,
    description: "Where a secret is: one of the two.",
    rule: "the secret itself never stands here: write {env: NAME} or {file: PATH}",
  },
);

export type SecretReference = Static<typeof SECRET_REFERENCE>;

/**
 * The secret itself. A line break at its end, as editors leave it, does not belong to it.
 *
 * @throws Error that says what is missing, and never has the secret in it
 */
export function readSecret(
  { env: variable, file }: SecretReference,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if ((variable === undefined) === (file === undefined)) throw new Error("expected either env or file");
  if (variable !== undefined) {
    const secret = env[variable];
    if (secret === undefined || secret === "") throw new Error(`the environment variable ${variable} is not set`);
    return secret;
  }
  return readSecretFile(file as string);
}

function readSecretFile(file: string): string {
  if (statSync(file).size > SECRET_BYTES_MAX) throw new Error(`${file} is larger than ${SECRET_BYTES_MAX} bytes`);
  const secret = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  if (secret === "") throw new Error(`${file} is empty`);
  return secret;
}
