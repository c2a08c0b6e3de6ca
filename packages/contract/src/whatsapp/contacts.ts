import { Type, type Static, type TSchema } from "typebox";
import { oneOf, shortText, url } from "../common.ts";
import { CONTACT_ENTRIES_MAX, CONTACTS_MAX } from "../limits.ts";
import { contextField, messageFields } from "./message.ts";

const short = () => Type.Optional(shortText());
const entries = <Entry extends TSchema>(entry: Entry) =>
  Type.Optional(Type.Array(entry, { maxItems: CONTACT_ENTRIES_MAX }));
const homeOrWork = (title: string) => Type.Optional(oneOf(["HOME", "WORK"], { title }));

const AddressContent = Type.Object(
  {
    street: short(),
    city: short(),
    state: short(),
    zip: short(),
    country: short(),
    countryCode: short(),
    type: homeOrWork("AddressType"),
  },
  { title: "AddressContent" },
);

const EmailContent = Type.Object({ email: short(), type: homeOrWork("EmailType") }, { title: "EmailContent" });

const NameContent = Type.Object(
  {
    firstName: shortText(),
    lastName: short(),
    middleName: short(),
    nameSuffix: short(),
    namePrefix: short(),
    formattedName: shortText(),
  },
  { title: "NameContent" },
);

const OrganizationContent = Type.Object(
  { company: short(), department: short(), title: short() },
  { title: "OrganizationContent" },
);

const PhoneContent = Type.Object(
  {
    phone: short(),
    type: Type.Optional(oneOf(["CELL", "MAIN", "IPHONE", "HOME", "WORK"], { title: "PhoneType" })),
    waId: short(),
  },
  { title: "PhoneContent" },
);

const UrlContent = Type.Object({ url: Type.Optional(url()), type: homeOrWork("UrlType") }, { title: "UrlContent" });

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

const Birthday = Type.Refine(
  shortText(),
  (text) => ISO_DATE.test(text) && !Number.isNaN(Date.parse(text)),
  () => "must be a date, for example 2026-01-31",
);

export const ContactContent = Type.Object(
  {
    addresses: entries(AddressContent),
    birthday: Type.Optional(Birthday),
    emails: entries(EmailContent),
    name: NameContent,
    org: Type.Optional(OrganizationContent),
    phones: entries(PhoneContent),
    urls: entries(UrlContent),
  },
  { title: "ContactContent" },
);

/** Body of `POST /whatsapp/1/message/contact`: contacts, for the phone to keep. */
export const ContactsMessage = Type.Object(
  {
    ...messageFields(),
    content: Type.Object(
      { contacts: Type.Array(ContactContent, { minItems: 1, maxItems: CONTACTS_MAX }) },
      { title: "ContactsContent" },
    ),
    ...contextField(),
  },
  { title: "ContactsMessage" },
);
export type ContactsMessage = Static<typeof ContactsMessage>;
