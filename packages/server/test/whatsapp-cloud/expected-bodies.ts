export const EXPECTED: Readonly<Partial<Record<string, readonly (readonly object[])[]>>> = {};
