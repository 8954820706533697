import type { OptionWords } from '../output/option-words.ts';

/** What `@agop/rfm` calls the things that `agop fit` has options for. */
export const fitWords: OptionWords = [
  [/^q must be/, '--exponent must be'],
  [/^p must be/, '--norm must be'],
  [/use a metric of the form 'transform'/, 'use --preset xrfm2025'],
];
