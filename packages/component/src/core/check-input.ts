import { type ActionName, COMPONENT } from "./component.ts";
import type { Violation } from "./error.ts";
import { checkProperties, DEFERRED } from "./input.ts";

/** Every rule that an action's input breaks: those of its properties and, when they hold, its own. */
export function checkInput(action: ActionName, value: unknown, path = ""): readonly Violation[] {
  const { properties, check } = COMPONENT.actions[action];
  const violations = checkProperties(properties, value, path);
  if (violations.length > 0 || check === undefined || value === DEFERRED) return violations;
  const prefix = path === "" ? "" : `${path}.`;
  return check(value as Readonly<Record<string, unknown>>).map(({ property, violation }) => ({
    property: `${prefix}${property}`,
    violation,
  }));
}
