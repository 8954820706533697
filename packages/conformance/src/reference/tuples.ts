/** Pairs of numbers from a line of text: `17 5, 5 17`. Between numbers, →, ± and .. may stand for the eye. */
export function pairs(text: string): [number, number][] {
  return numbers(text).map(([a = 0, b = 0]) => [a, b]);
}

/** Triples, like {@link pairs}; a number that is left out is 0. */
export function triples(text: string): [number, number, number][] {
  return numbers(text).map(([a = 0, b = 0, c = 0]) => [a, b, c]);
}

/** Quadruples, like {@link triples}. */
export function quadruples(text: string): [number, number, number, number][] {
  return numbers(text).map(([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, d]);
}

function numbers(text: string): number[][] {
  const entries = text.replaceAll('∞', 'Infinity').split(', ');
  return entries.map((entry) => entry.split(/ (?:[→±] |\.\. )?/).map(Number));
}
