import { wording } from '@agop/core';
import type { TableNote } from '@agop/data';
import type { Context } from '../command.ts';

/** Columns that a line names before it counts the others. */
const namedColumns = 8;

/**
 * Says what was guessed of a table, each kind of guess in one line; further columns of the same kind are
 * named.
 */
export function tellNotes(notes: readonly TableNote[], context: Context): void {
  for (const code of new Set(notes.map((note) => note.code))) {
    const [first, ...others] = notes.filter((note) => note.code === code);
    if (first === undefined) continue;
    const names = others.flatMap(({ column }) => column ?? []);
    const shown = names
      .slice(0, namedColumns)
      .map((name) => `'${name}'`)
      .join(', ');
    const more = names.length > namedColumns ? ` and ${names.length - namedColumns} more` : '';
    context.note(
      names.length === 0
        ? wording`agop: ${first.message}`
        : wording`agop: ${first.message} Also: ${shown}${more}.`,
    );
  }
}
