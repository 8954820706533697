import type { OptionWords } from '../output/option-words.ts';

/** What the messages of a run call the options of `agop grok`. */
export const grokWords: OptionWords = [
  [/^p must be/, '--p must be'],
  [/^The training fraction must/, '--fraction must'],
  [/^A training fraction of/, '--fraction'],
  [/\ba smaller p\b/g, 'a smaller --p'],
  [/\ba smaller fraction\b/g, 'a smaller --fraction'],
  [/\bfewer iterations\b/g, 'fewer --iterations'],
  [/\bwith this fraction, it fits up to p = /g, 'with this fraction, it fits up to --p '],
];
