/**
 * What texts have in common that are one word for people: they differ in capital letters or blanks alone.
 */
export function wordOf(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ');
}

/**
 * The spelling that each word has most often, the first of equals in the order of the alphabet.
 *
 * @param counts how often each text occurs
 */
export function usualSpellings(counts: ReadonlyMap<string, number>): Map<string, string> {
  const usual = new Map<string, { readonly text: string; readonly count: number }>();
  for (const [text, count] of counts) {
    const word = wordOf(text);
    const found = usual.get(word);
    if (!found || count > found.count || (count === found.count && text < found.text)) {
      usual.set(word, { text, count });
    }
  }
  return new Map([...usual].map(([word, { text }]) => [word, text]));
}
