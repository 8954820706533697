import { wording } from '@agop/core';
import type { TableNote } from './note.ts';

/** Names without two that are the same, and without empty ones. */
export function uniqueNames(given: readonly string[]): {
  readonly names: string[];
  readonly notes: TableNote[];
} {
  const taken = new Set(given);
  const seen = new Set<string>();
  const next = new Map<string, number>();
  const notes: TableNote[] = [];
  const names = given.map((text, i) => {
    if (text !== '' && !seen.has(text)) {
      seen.add(text);
      return text;
    }
    const stem = text === '' ? `column${i + 1}` : text;
    let made = text === '' ? stem : `${stem}_2`;
    for (let k = next.get(stem) ?? 2; taken.has(made); k++) {
      made = `${stem}_${k}`;
      next.set(stem, k + 1);
    }
    taken.add(made);
    if (text !== '') {
      notes.push({
        code: 'duplicate-name',
        column: made,
        message: wording`column ${i + 1} is called '${text}' as one before it: here it is '${made}'.`,
      });
    }
    return made;
  });
  return { names, notes };
}
