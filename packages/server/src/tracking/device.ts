import { parse } from "bowser";

/** What a click tells of the device; members that nobody knows are absent. */
export interface RecipientInfo {
  readonly deviceType?: string;
  readonly os?: string;
  readonly deviceName?: string;
}

/** Real ones have less than 300; the parser's expressions are not given more than this to look through. */
const USER_AGENT_LENGTH_MAX = 512;

/** The parser's words for a device, and those that Infobip shows. */
const DEVICE_TYPES: Readonly<Record<string, string>> = {
  mobile: "Phone",
  tablet: "Tablet",
  desktop: "Desktop",
  tv: "TV",
};

/** The only place that knows the parser of user agents. Nothing that a client sends makes it throw. */
export function recipientInfoOf(userAgent: string): RecipientInfo {
  const text = userAgent.slice(0, USER_AGENT_LENGTH_MAX).trim();
  if (text === "") return {};
  try {
    const { os, platform } = parse(text);
    return {
      ...named("deviceType", DEVICE_TYPES[platform.type ?? ""]),
      ...named("os", [os.name, os.versionName ?? os.version].filter(Boolean).join(" ")),
      ...named("deviceName", platform.vendor ?? platform.model),
    };
  } catch {
    return {};
  }
}

function named<Name extends keyof RecipientInfo>(name: Name, value: string | undefined): RecipientInfo {
  return value === undefined || value === "" ? {} : { [name]: value };
}
