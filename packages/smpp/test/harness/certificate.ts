import { generateKeyPairSync, sign } from "node:crypto";

/** One element of ASN.1's distinguished encoding. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents);
const hex = (octets: string): Buffer => Buffer.from(octets, "hex");
const ascii = (tag: number, text: string): Buffer => der(tag, Buffer.from(text, "ascii"));

const ECDSA_WITH_SHA256 = sequence(hex("06082a8648ce3d040302"));
const NAME = sequence(der(0x31, sequence(hex("0603550403"), ascii(0x0c, "localhost"))));
const IS_CA = sequence(hex("0603551d13"), hex("0101ff"), der(0x04, sequence(hex("0101ff"))));
const ALTERNATIVE_NAME = sequence(hex("0603551d11"), der(0x04, sequence(ascii(0x82, "localhost"))));

/** A key and a certificate for localhost that it signed itself, made anew, so that no key lies about. */
export function certificate(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const content = sequence(
    der(0xa0, hex("020102")),
    hex("020101"),
    ECDSA_WITH_SHA256,
    NAME,
    sequence(ascii(0x17, "200101000000Z"), ascii(0x18, "20990101000000Z")),
    NAME,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(IS_CA, ALTERNATIVE_NAME)),
  );
  const signature = der(0x03, hex("00"), sign("sha256", content, privateKey));
  const body = sequence(content, ECDSA_WITH_SHA256, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${body.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}
