/**
 * Places that still break a rule, by the beginning of their paths, each with what will change. None is to be
 * added.
 */
export const exceptions: Readonly<Record<string, string>> = {};
