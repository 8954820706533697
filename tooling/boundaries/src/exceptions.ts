/**
 * Places that still break a rule, by the beginning of their paths, each with what will change. None is to be
 * added.
 */
export const exceptions: Readonly<Record<string, string>> = {
  'packages/conv-rfm/scripts/': 'moves to packages/experiments',
  'packages/deep-rfm/scripts/': 'moves to packages/experiments',
  'packages/grokking/scripts/': 'moves to packages/experiments',
  'packages/rfm/scripts/': 'moves to packages/experiments',
};
