import { Type, type Static, type TSchema } from "typebox";
import { oneOf, PageInfo, shortText } from "../common.ts";
import { INT32_MAX, SHORT_TEXT_LENGTH_MAX } from "../limits.ts";

/** An identifier: nothing cannot name anything. */
const id = () => Type.String({ minLength: 1, maxLength: SHORT_TEXT_LENGTH_MAX });

const pageOf = <Item extends TSchema, Title extends string>(item: Item, title: Title) =>
  Type.Object({ results: Type.Optional(Type.Array(item)), paging: Type.Optional(PageInfo) }, { title });

const paging = {
  page: Type.Optional(Type.Integer({ minimum: 0, maximum: INT32_MAX, default: 0 })),
  size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 20 })),
};

export const ProvisioningPageQuery = Type.Object(paging, { title: "ProvisioningPageQuery" });
export type ProvisioningPageQuery = Static<typeof ProvisioningPageQuery>;

export const Application = Type.Object(
  { applicationName: Type.Optional(shortText()), applicationId: id() },
  { title: "Application" },
);
export type Application = Static<typeof Application>;
export const ModifyApplication = Type.Object(
  { applicationName: Type.Optional(shortText()) },
  { title: "ModifyApplication" },
);
export const PageApplication = pageOf(Application, "PageApplication");
export type PageApplication = Static<typeof PageApplication>;
export const ApplicationParams = Type.Object({ applicationId: shortText() }, { title: "ApplicationParams" });

export const Entity = Type.Object({ entityName: Type.Optional(shortText()), entityId: id() }, { title: "Entity" });
export type Entity = Static<typeof Entity>;
export const ModifyEntity = Type.Object({ entityName: Type.Optional(shortText()) }, { title: "ModifyEntity" });
export const PageEntity = pageOf(Entity, "PageEntity");
export type PageEntity = Static<typeof PageEntity>;
export const EntityParams = Type.Object({ entityId: shortText() }, { title: "EntityParams" });

export const ResourceType = oneOf(["NUMBER", "DOMAIN", "ALPHA", "RCS_RESOURCE", "APPLE_RESOURCE"], {
  title: "ResourceType",
});
export const ResourceChannel = oneOf(["SMS", "MMS", "EMAIL", "WHATSAPP", "RCS", "APPLE"], { title: "ResourceChannel" });

const association = { resourceType: ResourceType, channel: ResourceChannel, applicationId: id(), resourceId: id() };

/** A resource, a number for example, and the application and entity that it belongs to. */
export const ResourceAssociationRequest = Type.Object(
  { ...association, entityId: id() },
  { title: "ResourceAssociationRequest" },
);
export type ResourceAssociationRequest = Static<typeof ResourceAssociationRequest>;

/** Without an entity where that one was deleted. */
export const ResourceAssociationResponse = Type.Object(
  { ...association, entityId: Type.Optional(id()) },
  { title: "ResourceAssociationResponse" },
);
export type ResourceAssociationResponse = Static<typeof ResourceAssociationResponse>;
export const PageResourceAssociation = pageOf(ResourceAssociationResponse, "PageResourceAssociation");
export type PageResourceAssociation = Static<typeof PageResourceAssociation>;

export const AssociationsQuery = Type.Object(
  {
    ...paging,
    resourceType: Type.Optional(ResourceType),
    channel: Type.Optional(ResourceChannel),
    applicationId: Type.Optional(shortText()),
    entityId: Type.Optional(shortText()),
    resourceId: Type.Optional(shortText()),
  },
  { title: "AssociationsQuery" },
);
export type AssociationsQuery = Static<typeof AssociationsQuery>;

export const AssociationQuery = Type.Object(
  {
    resourceType: ResourceType,
    channel: ResourceChannel,
    applicationId: shortText(),
    entityId: Type.Optional(shortText()),
    resourceId: shortText(),
  },
  { title: "AssociationQuery" },
);
export type AssociationQuery = Static<typeof AssociationQuery>;
