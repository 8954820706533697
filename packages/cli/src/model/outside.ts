import { wording } from '@agop/core';
import type { TableNote } from '@agop/data';
import {
  type Outside,
  type OutsideRows,
  outsideNotes,
  outsideReasons,
  outsideRows,
} from '@agop/experiments/table-choice';
import type { Further } from './beside.ts';

/**
 * What there is to say of rows outside of what a model was fitted on: for JSON, in a remark, and as a column
 * with the reasons of each row.
 */
export function tellOutside(
  outside: Outside,
  rows: number,
): { readonly outside: OutsideRows; readonly notes: readonly TableNote[]; readonly column: Further } {
  const reasons = outsideReasons(outside, rows);
  const told = outsideRows(outside, reasons);
  const notes = outsideNotes(told, rows, 'rows', wording`${{ option: 'outside' }} says which.`);
  return {
    outside: told,
    notes: notes.map((note) => ({ ...note, option: 'outside' })),
    column: { header: ['outside'], rows: reasons.map((own) => [own.join('; ')]) },
  };
}
