/** A piece of the text that was searched, or one of the words in it that were found. */
export interface ExcerptPart {
  readonly text: string;
  readonly isFound: boolean;
}

/** Characters of an excerpt, about, and how many of them stand before the first word that was found. */
const length = 160;
const before = 50;

/**
 * The part of a text around the first of the words that were found, or its beginning where none is in it.
 *
 * @param words as the index has them: in lower case
 */
export function excerpt(text: string, words: readonly string[]): ExcerptPart[] {
  const whole = text.replaceAll(/\s+/g, ' ').trim();
  const pattern = foundWords(words);
  const at = pattern ? whole.search(pattern) : -1;
  const start = at <= before ? 0 : whole.lastIndexOf(' ', at - before) + 1;
  const isToTheEnd = whole.length - start <= length;
  const space = whole.lastIndexOf(' ', start + length);
  const end = isToTheEnd ? whole.length : space > start ? space : start + length;
  const shown = `${start > 0 ? '… ' : ''}${whole.slice(start, end)}${isToTheEnd ? '' : ' …'}`;
  // Every second part is one that the pattern has matched.
  return (pattern ? shown.split(pattern) : [shown])
    .map((part, i) => ({ text: part, isFound: i % 2 === 1 }))
    .filter((part) => part.text !== '');
}

/** Finds whole words, the longest first; undefined for none. */
function foundWords(words: readonly string[]): RegExp | undefined {
  if (words.length === 0) return undefined;
  const escaped = words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
}
