import { createPrivateKey, X509Certificate } from "node:crypto";
import type {
  CertificateConnectionTestRequest,
  CertificatesQuery,
  CertificateStatus,
  CertificateUploadRequest,
} from "@posthorn/contract";
import { InvalidRequest } from "../../kernel/invalid-request.ts";
import { CERTIFICATE_KIND, PROFILE_KIND } from "../../store/subscription-documents.ts";
import { checkUrl } from "./checks.ts";
import {
  apply,
  checkId,
  find,
  list,
  mustFind,
  pageOf,
  placeOf,
  type StoredCertificate,
  type StoredProfile,
  type SubscriptionContext,
} from "./documents.ts";

/** Characters of a PEM file: a key, its certificate and a chain have less than 20 000. */
const PEM_LENGTH_MAX = 65_536;
/** Paths of their own below `/certificates/`. */
const RESERVED_IDS: ReadonlySet<string> = new Set(["status", "test"]);

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/;

/** What a TLS connection presents. */
export interface ClientCertificate {
  readonly pem: string;
  readonly passphrase?: string;
}

export interface CertificateContext extends SubscriptionContext {
  /** Connects as a webhook would, and sends none. Resolves to why that failed, or null. */
  readonly testConnection: (url: string, certificate: ClientCertificate) => Promise<string | null>;
}

interface Place {
  readonly accountId: number;
  readonly certificateId: string;
}

const placeOfSecret = ({ accountId, certificateId }: Place) => placeOf(accountId, CERTIFICATE_KIND, certificateId);

export async function uploadCertificate(
  context: SubscriptionContext,
  accountId: number,
  body: CertificateUploadRequest,
  setHeader: (name: string, value: string) => void,
) {
  const { certificateId } = body;
  const { secrets, clock } = context;
  checkId("certificateId", certificateId);
  if (RESERVED_IDS.has(certificateId)) throw new InvalidRequest("certificateId", "is not free");
  const pem = decoded("certificateContent", body.certificateContent);
  const passphrase = body.passphrase === undefined ? undefined : decoded("passphrase", body.passphrase);
  const read = readPem(pem, passphrase);
  const place = { accountId, certificateId };
  const kept = await find<StoredCertificate>(context, accountId, CERTIFICATE_KIND, certificateId);
  if (kept !== null && secrets.open(kept.content, placeOfSecret(place)) !== pem) {
    throw new InvalidRequest("certificateId", `${certificateId} exists already`);
  }
  const stored: StoredCertificate = {
    ...read,
    content: secrets.seal(pem, placeOfSecret(place)),
    ...(passphrase === undefined ? {} : { passphrase: secrets.seal(passphrase, placeOfSecret(place)) }),
  };
  const document = { accountId, kind: CERTIFICATE_KIND, id: certificateId, at: clock.now() };
  if (kept === null) await apply(context, [{ ...document, action: "create", body: JSON.stringify(stored) }]);
  setHeader("location", `/subscriptions/1/certificates/${certificateId}`);
  return { certificateId, status: statusOf(kept ?? stored, clock.now()) };
}

function decoded(property: string, base64: string): string {
  if (base64.length > PEM_LENGTH_MAX * 2) throw new InvalidRequest(property, "is too long");
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(base64)) throw new InvalidRequest(property, "must be Base64");
  return Buffer.from(base64, "base64").toString("utf8");
}

/**
 * What a PEM file says of its certificate. One that has the blocks and whose certificate cannot be read is kept, as
 * Infobip keeps the one of its own example, and never used: `problem` says why.
 *
 * @throws InvalidRequest when it is no PEM file with a certificate and its key, or when the key is not its key
 */
function readPem(pem: string, passphrase: string | undefined): Omit<StoredCertificate, "content" | "passphrase"> {
  const block = CERTIFICATE_BLOCK.exec(pem)?.[0];
  const key = KEY_BLOCK.exec(pem)?.[0];
  if (block === undefined || key === undefined || pem.length > PEM_LENGTH_MAX) {
    throw new InvalidRequest("certificateContent", "must be a PEM file with a private key and a certificate");
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block);
  } catch {
    return { problem: "the certificate cannot be read" };
  }
  let isItsKey: boolean;
  try {
    isItsKey = certificate.checkPrivateKey(
      createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }),
    );
  } catch {
    throw new InvalidRequest("certificateContent", "has a private key that cannot be read, or its passphrase is wrong");
  }
  if (!isItsKey) throw new InvalidRequest("certificateContent", "has a private key that is not the certificate's");
  return {
    issuedBy: named(certificate.issuer),
    issuedTo: named(certificate.subject),
    serialNumber: BigInt(`0x${certificate.serialNumber}`).toString(),
    validFrom: certificate.validFromDate.getTime(),
    validUntil: certificate.validToDate.getTime(),
  };
}

/** `CN=a\nO=b` on one line, the most special name first. */
function named(distinguishedName: string): string {
  return distinguishedName.split("\n").toReversed().join(",");
}

export function statusOf(
  { problem, validFrom = 0, validUntil = 0 }: StoredCertificate,
  now: number,
): CertificateStatus {
  if (problem !== undefined || now < validFrom) return "PROCESSING";
  return now > validUntil ? "EXPIRED" : "READY";
}

/** @throws RequestRefused 404 */
export async function getCertificate(context: SubscriptionContext, place: Place) {
  return shown(place.certificateId, await mustFindCertificate(context, place), context.clock.now());
}

/** @throws RequestRefused 404 */
export async function getCertificateStatus(context: SubscriptionContext, place: Place) {
  const kept = await mustFindCertificate(context, place);
  return { certificateId: place.certificateId, status: statusOf(kept, context.clock.now()) };
}

export async function listCertificates(context: SubscriptionContext, accountId: number, query: CertificatesQuery) {
  const now = context.clock.now();
  const found = await search(context, accountId, query);
  return pageOf(
    found.map(({ id, body }) => shown(id, body, now)),
    query,
  );
}

export async function listCertificateStatuses(
  context: SubscriptionContext,
  accountId: number,
  query: CertificatesQuery,
) {
  const now = context.clock.now();
  const found = await search(context, accountId, query);
  return pageOf(
    found.map(({ id, body }) => ({ certificateId: id, status: statusOf(body, now) })),
    query,
  );
}

async function search(
  context: SubscriptionContext,
  accountId: number,
  { search: text = "", direction }: CertificatesQuery,
) {
  const all = await list<StoredCertificate>(context, accountId, CERTIFICATE_KIND);
  const word = text.toLowerCase();
  const found = all
    .filter(({ id, body }) => [id, body.issuedBy, body.issuedTo].some((value) => value?.toLowerCase().includes(word)))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return direction === "DESC" ? found.toReversed() : found;
}

function shown(certificateId: string, kept: StoredCertificate, now: number) {
  const { content: _, passphrase: _passphrase, problem: _problem, ...details } = kept;
  return { certificateId, ...details, certificateStatus: statusOf(kept, now) };
}

/** @throws InvalidRequest while a profile presents it */
export async function deleteCertificate(context: SubscriptionContext, { accountId, certificateId }: Place) {
  await mustFindCertificate(context, { accountId, certificateId });
  const profiles = await list<StoredProfile>(context, accountId, PROFILE_KIND);
  const user = profiles.find(({ body }) => body.clientCertificateId === certificateId);
  if (user !== undefined)
    throw new InvalidRequest("certificateId", `${certificateId} is used by the profile ${user.id}`);
  await apply(context, [{ action: "delete", accountId, kind: CERTIFICATE_KIND, id: certificateId }]);
  return { certificateId };
}

/** @throws RequestRefused 404, InvalidRequest */
export async function testCertificate(
  context: CertificateContext,
  accountId: number,
  { certificateId, webhookUrl }: CertificateConnectionTestRequest,
) {
  checkUrl("webhookUrl", webhookUrl);
  const kept = await mustFindCertificate(context, { accountId, certificateId });
  const reason = await problemOf(context, { accountId, certificateId }, kept, webhookUrl);
  if (reason === null) return { certificateId, webhookUrl, result: "SUCCESS" };
  const hint =
    "Check that the receiver is up, that it trusts the certificate's issuer, and that its own certificate is valid.";
  return { certificateId, webhookUrl, result: "FAIL", failReasons: [reason], hint };
}

async function problemOf(context: CertificateContext, place: Place, kept: StoredCertificate, url: string) {
  const certificate = usableCertificate(context, place, kept);
  if (typeof certificate === "string") return certificate;
  if (new URL(url).protocol !== "https:") return "a client certificate is only presented over https";
  return context.testConnection(url, certificate);
}

/** The certificate, opened, or why it cannot be used. */
export function usableCertificate(
  { clock, secrets }: Pick<SubscriptionContext, "clock" | "secrets">,
  place: Place,
  kept: StoredCertificate,
): ClientCertificate | string {
  const status = statusOf(kept, clock.now());
  if (status === "EXPIRED") return "the certificate has expired";
  if (status !== "READY") return kept.problem ?? "the certificate is not valid yet";
  const pem = secrets.open(kept.content, placeOfSecret(place));
  if (kept.passphrase === undefined) return { pem };
  return { pem, passphrase: secrets.open(kept.passphrase, placeOfSecret(place)) };
}

function mustFindCertificate(context: SubscriptionContext, { accountId, certificateId }: Place) {
  return mustFind<StoredCertificate>(
    context,
    accountId,
    CERTIFICATE_KIND,
    certificateId,
    `Certificate ${certificateId}`,
  );
}
