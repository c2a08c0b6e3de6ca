/**
 * A request that its schema allows and its meaning does not: two properties that contradict each other, a date too far
 * ahead, a cursor that is not ours. Answered with 400 in the envelope of its endpoint. Nothing was stored.
 */
export class InvalidRequest extends Error {
  readonly violations: readonly { readonly property: string; readonly violation: string }[];

  constructor(property: string, violation: string, others: InvalidRequest["violations"] = []) {
    super(`${property} ${violation}`);
    this.name = "InvalidRequest";
    this.violations = [{ property, violation }, ...others];
  }
}
