import type { OPERATIONS } from "@posthorn/contract";
import { WHATSAPP_BODIES } from "../harness/whatsapp-bodies.ts";

type Operations = typeof OPERATIONS;

/** The operations that send messages. */
export type SendOperation = {
  [Name in keyof Operations]: Operations[Name] extends { isSend: true } ? Name : never;
}[keyof Operations];

const WINDOW = {
  days: ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
  from: { hour: 0, minute: 0 },
  to: { hour: 23, minute: 59 },
};
const REGIONAL = {
  indiaDlt: { contentTemplateId: "1", principalEntityId: "2", telemarketerId: "3" },
  turkeyIys: { brandCode: 1, recipientType: "TACIR" },
  southKorea: { title: "t", resellerCode: 1 },
};

const SMS_PLAIN = {
  messages: [{ sender: "Posthorn", destinations: [{ to: "385981234567" }], content: { text: "Hi" } }],
};

const SMS_FULL = {
  messages: [
    {
      sender: "Posthorn",
      destinations: [{ to: "385981234567", messageId: "m1", networkId: 1 }, { to: "385981234568" }],
      content: {
        text: "Ğüneş 😀",
        transliteration: "TURKISH",
        language: { languageCode: "TR", singleShift: true, lockingShift: false },
      },
      options: {
        platform: { applicationId: "a", entityId: "e" },
        validityPeriod: { amount: 10, timeUnit: "MINUTES" },
        deliveryTimeWindow: WINDOW,
        campaignReferenceId: "c",
        flash: true,
        regional: REGIONAL,
      },
      webhooks: { delivery: { intermediateReport: true, notify: false }, callbackData: "d" },
    },
    { sender: "44", destinations: [{ to: "385981234569" }], content: { hex: "06 05 04", dataCoding: 0, esmClass: 64 } },
  ],
  options: {
    schedule: { bulkId: "b1", sendingSpeedLimit: { amount: 100, timeUnit: "MINUTE" } },
    tracking: { shortenUrl: true, trackClicks: true, removeProtocol: true },
    includeSmsCountInResponse: true,
    conversionTracking: { useConversionTracking: true, conversionTrackingName: "n" },
  },
};

const V2_TEXT = {
  bulkId: "b2",
  messages: [
    {
      from: "Posthorn",
      destinations: [{ to: "385981234567", messageId: "m2" }, { to: "385981234568" }],
      text: "Привет",
      flash: false,
      transliteration: "CYRILLIC",
      language: { languageCode: "AUTODETECT" },
      validityPeriod: 10,
      deliveryTimeWindow: WINDOW,
      intermediateReport: true,
      callbackData: "d",
      regional: REGIONAL,
      entityId: "e",
      applicationId: "a",
      campaignReferenceId: "c",
    },
  ],
  sendingSpeedLimit: { amount: 10, timeUnit: "MINUTE" },
  urlOptions: { shortenUrl: true, trackClicks: true, removeProtocol: false },
  tracking: { track: "SMS", type: "t", processKey: "p" },
  includeSmsCountInResponse: true,
};

const QUERY = {
  from: "Posthorn",
  to: ["385981234567", "385981234568"],
  text: "Hi",
  bulkId: "b3",
  flash: "false",
  transliteration: "NON_UNICODE",
  languageCode: "ES",
  validityPeriod: "10",
  callbackData: "d",
  intermediateReport: "true",
};

/** Good bodies of each operation, plain and with everything, to be made bad. */
export const BODIES: Readonly<Record<SendOperation, readonly [object, ...object[]]>> = {
  sendSmsMessages: [SMS_PLAIN, SMS_FULL],
  sendSmsAdvancedText: [{ messages: [{ destinations: [{ to: "385981234567" }], text: "Hi" }] }, V2_TEXT],
  sendSmsAdvancedBinary: [
    { messages: [{ destinations: [{ to: "385981234567" }], binary: { hex: "00 ff" } }] },
    {
      bulkId: "b4",
      messages: [
        {
          from: "44",
          destinations: [{ to: "385981234567", messageId: "m4" }],
          binary: { hex: "06 05 04 0b 84 23 f0", dataCoding: 245, esmClass: 64 },
          validityPeriod: 1,
          flash: true,
        },
      ],
    },
  ],
  sendSmsSingleV2: [{ from: "Posthorn", to: ["385981234567", "385981234568"], text: "Hi" }],
  sendSmsSingle: [{ from: "Posthorn", to: "385981234567", text: "Hi" }],
  sendSmsMulti: [{ messages: [{ from: "Posthorn", to: ["385981234567"], text: "Hi" }] }],
  sendSmsByQuery: [{ to: "385981234567", text: "Hi" }, QUERY],
  sendSmsByQueryV1: [{ to: "385981234567", text: "Hi" }, QUERY],
  ...WHATSAPP_BODIES,
};
