import { readFileSync, statSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { SmppCarrier, type SmppCarrierOptions } from "../carrier/smpp/smpp-carrier.ts";
import { ConfigError } from "../config/config.ts";
import { readSecret } from "../config/secret.ts";

/** No certificate or key is as long; what is longer is another file. */
const PEM_BYTES_MAX = 1_048_576;

export interface NewSmppCarrier extends Omit<SmppCarrierOptions, "password" | "tls"> {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws ConfigError for a password, certificate or key that cannot be read */
export function createSmppCarrier({ env, ...options }: NewSmppCarrier): SmppCarrier {
  const { name, entry } = options;
  const password = () => readSecret(entry.password, env);
  readOrRefuse(`carriers.${name}.password`, password);
  return new SmppCarrier({ ...options, password, tls: tlsOf(name, entry) });
}

function tlsOf(name: string, { tls, host }: SmppCarrierOptions["entry"]): ConnectionOptions | null {
  if (tls === undefined || !tls.enabled) return null;
  const { ca, cert, key, serverName, isVerified } = tls;
  const pem = (member: string, file: string | undefined) =>
    file === undefined ? {} : { [member]: readOrRefuse(`carriers.${name}.tls.${member}`, () => readPem(file)) };
  // An address has no name that could be asked for (RFC 6066 section 3).
  const servername = serverName ?? (/^[\d.]+$|:/.test(host) ? undefined : host);
  return {
    ...pem("ca", ca),
    ...pem("cert", cert),
    ...pem("key", key),
    ...(servername === undefined ? {} : { servername }),
    rejectUnauthorized: isVerified,
  };
}

function readPem(file: string): string {
  if (statSync(file).size > PEM_BYTES_MAX) throw new Error(`${file} is larger than ${PEM_BYTES_MAX} bytes`);
  return readFileSync(file, "utf8");
}

function readOrRefuse<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new ConfigError([{ path, message: error instanceof Error ? error.message : String(error) }]);
  }
}
