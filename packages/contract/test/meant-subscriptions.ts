/** Where the schemas of subscriptions differ from Infobip's document, and why; see infobip-schemas.test.ts. */
const REPEATABLE = "its description shows it repeated";
const OPEN_LENGTH = "the contract leaves the length open; src/limits.ts says why ours";

const meant: Record<string, string> = {
  "CertificatesQuery.search maxLength: none, ours 255": OPEN_LENGTH,
  "CertificateConnectionTestRequest.webhookUrl maxLength: none, ours 2048": OPEN_LENGTH,
};
for (const [name, length] of [
  ["applicationId", 255],
  ["entityId", 255],
  ["callsConfigurationId", 128],
  ["resource", 255],
  ["user", 255],
] as const) {
  meant[`SubscriptionsQuery.${name} type: string, ours array`] = REPEATABLE;
  meant[`SubscriptionsQuery.${name} minLength: 1, ours none`] = REPEATABLE;
  meant[`SubscriptionsQuery.${name} maxLength: ${length}, ours none`] = REPEATABLE;
  meant[`SubscriptionsQuery.${name} maxItems: none, ours 100`] = OPEN_LENGTH;
}

export const MEANT_SUBSCRIPTIONS: Readonly<Record<string, string>> = meant;
