import { type ActionName, COMPONENT } from "./component.ts";
import type { Violation } from "./error.ts";
import { checkProperties, DEFERRED } from "./input.ts";

/** Every rule that an action's input breaks: those of its properties and, when they hold, its own. */
export function checkInput(action: ActionName, value: unknown, path = ""): readonly Violation[] {
  const of = COMPONENT.actions[action];
  const violations = checkProperties(of.properties, value, path);
  if (violations.length > 0 || value === DEFERRED) return violations;
  const prefix = path === "" ? "" : `${path}.`;
  const broken = of.check?.(value as Readonly<Record<string, unknown>>) ?? [];
  return broken.map(({ property, violation }) => ({ property: `${prefix}${property}`, violation }));
}
