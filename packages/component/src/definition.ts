import type { Action } from "./core/action.ts";
import { COMPONENT } from "./core/component.ts";
import type { DynamicProperty, Property } from "./core/properties.ts";

/**
 * The component as ByteChef's definition JSON, so that its tools (and our parity test) can read ours like theirs.
 * The form is fixed by that format: every key is present, `null` where there is nothing, and a function is `{}`.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** A function of the component: it exists, and it is not JSON. */
const FUNCTION: JsonObject = {};
const NONE = null;
/** Types of an open object's members that a form offers; a file may have any. */
const OPEN_MEMBERS: readonly Property[] = [{ type: "STRING" }, { type: "NUMBER" }];

/** Where a host may send a reader. Paths inside this project; a publisher of the docs prefixes its own address. */
const REFERENCE_PAGE = "docs/reference/infobip_v1.md";

export function definition(): JsonObject {
  const { name, version, title, description, icon, categories, actions } = COMPONENT;
  return {
    actions: Object.values(actions).map((action) => actionDefinition(action as unknown as Action<never, never>)),
    clusterElements: NONE,
    componentCategories: categories,
    connection: connectionDefinition(),
    customAction: false,
    customActionHelp: NONE,
    description,
    icon,
    inputs: NONE,
    metadata: NONE,
    name,
    resources: NONE,
    tags: NONE,
    title,
    triggers: [],
    unifiedApi: NONE,
    version,
  };
}

function actionDefinition(action: Action<never, never>): JsonObject {
  const outputSchema = propertyDefinition(action.output);
  return {
    batch: NONE,
    beforeResume: NONE,
    beforeSuspend: NONE,
    beforeTimeoutResume: NONE,
    deprecated: NONE,
    description: action.description,
    help: help(anchorOf(action.title)),
    metadata: NONE,
    name: action.name,
    outputDefinition: {
      output: NONE,
      outputResponse: { outputSchema, placeholder: NONE, sampleOutput: NONE },
      outputSchema,
      sampleOutput: NONE,
    },
    perform: FUNCTION,
    processErrorResponse: NONE,
    properties: action.properties.map(propertyDefinition),
    resumePerform: NONE,
    title: action.title,
    workflowNodeDescription: NONE,
  };
}

function connectionDefinition(): JsonObject {
  const { name, type, title, properties, version } = COMPONENT.connection;
  return {
    authorizationRequired: NONE,
    authorizations: [
      {
        acquire: NONE,
        apply: FUNCTION,
        authorizationCallback: NONE,
        authorizationUrl: NONE,
        clientId: NONE,
        clientSecret: NONE,
        description: NONE,
        detectOn: NONE,
        name,
        oauth2AuthorizationExtraQueryParameters: NONE,
        pkce: NONE,
        properties: properties.map(propertyDefinition),
        refresh: NONE,
        refreshOn: NONE,
        refreshToken: NONE,
        refreshUrl: NONE,
        scopes: NONE,
        title,
        tokenUrl: NONE,
        type,
      },
    ],
    baseUri: FUNCTION,
    help: help("connections"),
    processErrorResponse: NONE,
    properties: NONE,
    test: FUNCTION,
    version,
  };
}

function propertyDefinition(property: Property): JsonObject {
  if (property.type === "DYNAMIC_PROPERTIES") return dynamicDefinition(property);
  const common = {
    advancedOption: NONE,
    defaultValue: NONE,
    description: property.description ?? NONE,
    displayCondition: NONE,
    exampleValue: property.exampleValue ?? NONE,
    expressionEnabled: NONE,
    hidden: NONE,
    label: property.label ?? NONE,
    metadata: {},
    name: property.name ?? NONE,
    options: NONE,
    optionsDataSource: NONE,
    placeholder: NONE,
    required: property.required ?? false,
    type: property.type,
  };
  switch (property.type) {
    case "STRING":
      return {
        ...common,
        controlType: property.controlType ?? "TEXT",
        languageId: NONE,
        maxLength: property.maxLength ?? NONE,
        minLength: NONE,
        options: property.options?.map((value) => ({ description: NONE, label: value, value })) ?? NONE,
        optionsDataSource:
          property.optionsDependOn === undefined
            ? NONE
            : { options: FUNCTION, optionsLookupDependsOn: property.optionsDependOn },
        optionsLoadedDynamically: NONE,
        regex: NONE,
      };
    case "INTEGER":
      return { ...common, controlType: "INTEGER", maxValue: NONE, minValue: NONE };
    case "NUMBER":
      return {
        ...common,
        controlType: "NUMBER",
        maxNumberPrecision: NONE,
        maxValue: property.maxValue ?? NONE,
        minNumberPrecision: NONE,
        minValue: property.minValue ?? NONE,
        numberPrecision: NONE,
      };
    case "ARRAY":
      return {
        ...common,
        controlType: "ARRAY_BUILDER",
        items: property.items.map(propertyDefinition),
        maxItems: property.maxItems ?? NONE,
        minItems: NONE,
        multipleValues: NONE,
      };
    case "OBJECT":
      return {
        ...common,
        controlType: "OBJECT_BUILDER",
        // That format says which types the members of an open object may have.
        additionalProperties: property.isOpen === true ? OPEN_MEMBERS.map(propertyDefinition) : NONE,
        multipleValues: NONE,
        properties: property.properties.map(propertyDefinition),
      };
  }
}

/** That format gives this type no label, no options and no control. */
function dynamicDefinition({ name, description, required, propertiesDependOn }: DynamicProperty): JsonObject {
  return {
    name: name ?? NONE,
    advancedOption: NONE,
    description: description ?? NONE,
    displayCondition: NONE,
    dynamicPropertiesDataSource: { properties: FUNCTION, propertiesLookupDependsOn: propertiesDependOn },
    expressionEnabled: NONE,
    header: NONE,
    hidden: NONE,
    metadata: {},
    required: required ?? false,
    type: "DYNAMIC_PROPERTIES",
  };
}

function help(anchor: string): JsonObject {
  return { body: "", learnMoreUrl: `${REFERENCE_PAGE}#${anchor}` };
}

/** The anchor that Markdown renderers make of a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(" ", "-");
}
