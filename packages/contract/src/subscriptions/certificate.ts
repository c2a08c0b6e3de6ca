import { Type, type Static } from "typebox";
import { oneOf } from "../common.ts";
import { SubscriptionsPageInfo, pageQuery, resourceId } from "./common.ts";

/** PROCESSING: it cannot be used (yet). */
export const CertificateStatus = oneOf(["PROCESSING", "READY", "EXPIRED"], { title: "CertificateStatus" });
export type CertificateStatus = Static<typeof CertificateStatus>;

/** Content and passphrase in Base64; the content is a PEM file. */
export const CertificateUploadRequest = Type.Object(
  {
    certificateId: resourceId(),
    certificateContent: Type.String(),
    passphrase: Type.Optional(Type.String()),
  },
  { title: "CertificateUploadRequest" },
);
export type CertificateUploadRequest = Static<typeof CertificateUploadRequest>;

export const CertificateStatusResponse = Type.Object(
  { certificateId: Type.Optional(Type.String()), status: Type.Optional(CertificateStatus) },
  { title: "CertificateStatusResponse" },
);
export type CertificateStatusResponse = Static<typeof CertificateStatusResponse>;

/** Times are milliseconds since 1970. */
export const CertificateDetailsResponse = Type.Object(
  {
    certificateId: Type.Optional(Type.String()),
    issuedBy: Type.Optional(Type.String()),
    issuedTo: Type.Optional(Type.String()),
    validFrom: Type.Optional(Type.Integer()),
    validUntil: Type.Optional(Type.Integer()),
    certificateStatus: Type.Optional(CertificateStatus),
    serialNumber: Type.Optional(Type.String()),
  },
  { title: "CertificateDetailsResponse" },
);
export type CertificateDetailsResponse = Static<typeof CertificateDetailsResponse>;

export const CertificateDetailsPage = Type.Object(
  { results: Type.Optional(Type.Array(CertificateDetailsResponse)), paging: Type.Optional(SubscriptionsPageInfo) },
  { title: "CertificateDetailsPage" },
);

export const CertificateStatusPage = Type.Object(
  { results: Type.Optional(Type.Array(CertificateStatusResponse)), paging: Type.Optional(SubscriptionsPageInfo) },
  { title: "CertificateStatusPage" },
);

export const IdOnlyCertificateResponse = Type.Object(
  { certificateId: Type.Optional(Type.String()) },
  { title: "IdOnlyCertificateResponse" },
);

export const CertificatesQuery = Type.Object(
  {
    search: Type.Optional(Type.String({ maxLength: 255 })),
    ...pageQuery(),
    sortBy: Type.Optional(oneOf(["CERTIFICATE_ID"], { title: "CertificatesSortType" })),
    direction: Type.Optional(oneOf(["ASC", "DESC"], { title: "SortDirection" })),
  },
  { title: "CertificatesQuery" },
);
export type CertificatesQuery = Static<typeof CertificatesQuery>;

export const CertificateConnectionTestRequest = Type.Object(
  { certificateId: resourceId(), webhookUrl: Type.String({ maxLength: 2048 }) },
  { title: "CertificateConnectionTestRequest" },
);
export type CertificateConnectionTestRequest = Static<typeof CertificateConnectionTestRequest>;

export const CertificateConnectionTestResponse = Type.Object(
  {
    certificateId: Type.Optional(Type.String()),
    webhookUrl: Type.Optional(Type.String()),
    result: Type.Optional(oneOf(["SUCCESS", "FAIL"], { title: "ConnectionTestResult" })),
    failReasons: Type.Optional(Type.Array(Type.String())),
    hint: Type.Optional(Type.String()),
  },
  { title: "CertificateConnectionTestResponse" },
);
export type CertificateConnectionTestResponse = Static<typeof CertificateConnectionTestResponse>;

export const CertificatePath = Type.Object({ certificateId: resourceId() }, { title: "CertificatePath" });
