/** How deep objects and lists lie in each other; it stops looking below `depthMax`. A scalar has depth 0. */
export function nestingOf(value: unknown, depthMax: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depthMax <= 0) return 1;
  let deepest = 0;
  for (const member of Object.values(value)) deepest = Math.max(deepest, nestingOf(member, depthMax - 1));
  return deepest + 1;
}
