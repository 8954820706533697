import { OptionError, ValueError } from '@agop/core';
import { categoricalColumn } from '../table/from-columns.ts';
import { type CategoricalColumn, type Column, cellText, type Table } from '../table/table.ts';
import { assertFinite } from './finite.ts';
import type { PreprocessOptions } from './options.ts';
import type { CategoricalEncoder, Encoder, LeftOutColumn, NumericEncoder } from './state.ts';

/** What one feature column becomes: an encoder, or a reason why it is left out. */
export type FittedColumn =
  | { readonly encoder: Encoder; readonly leftOut?: never }
  | { readonly leftOut: LeftOutColumn; readonly encoder?: never };

/**
 * Learns how to encode one column.
 *
 * @throws {ValueError} if a cell is infinite
 */
export function fitColumn(table: Table, column: Column, options: PreprocessOptions): FittedColumn {
  const leaveOut = (reason: LeftOutColumn['reason'], detail: string): FittedColumn => ({
    leftOut: { column: column.name, reason, detail },
  });
  if (column.missing === table.rows) return leaveOut('empty', 'it has no values');
  const isCode = options.categorical?.includes(column.name) ?? false;
  if (column.kind === 'numeric' && !isCode) {
    const encoder = fitNumeric(
      table,
      column.name,
      column.values,
      options.scale ?? 'standard',
      column.missing,
    );
    return encoder === undefined ? leaveOut('constant', 'all of its values are equal') : { encoder };
  }
  const text = asCategorical(column);
  const limit = options.maxCategories ?? 128;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new OptionError('maxCategories', `maxCategories must be a positive integer, but is ${limit}.`);
  }
  const encoder = fitCategorical(text);
  if (encoder.categories.length === 1 && !encoder.missingColumn) {
    return leaveOut('constant', 'all of its values are equal');
  }
  if (encoder.categories.length > limit) {
    return leaveOut(
      'too many categories',
      `it has ${encoder.categories.length} different texts, more than ${limit}`,
    );
  }
  return { encoder };
}

function fitNumeric(
  table: Table,
  name: string,
  values: Float64Array,
  scaling: 'standard' | 'none',
  missing: number,
): NumericEncoder | undefined {
  let sum = 0;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    assertFinite(table, name, row, value);
    sum += value;
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  if (smallest === largest) return undefined;
  const count = table.rows - missing;
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  if (!Number.isFinite(mean) || !Number.isFinite(deviation) || deviation === 0) {
    throw new ValueError(
      `Column '${name}': its values, from ${smallest} to ${largest}, are too large or too close to be standardised ` +
        'in double precision. Rescale the column.',
    );
  }
  const [shift, scale] = scaling === 'standard' ? [mean, deviation] : [0, 1];
  return { kind: 'numeric', column: name, mean, shift, scale, missing };
}

function fitCategorical(column: CategoricalColumn): CategoricalEncoder {
  const counts = new Float64Array(column.categories.length);
  let filled = 0;
  for (const code of column.codes) {
    if (code < 0) continue;
    counts[code] = (counts[code] as number) + 1;
    filled += 1;
  }
  // A part of a table keeps all categories of the whole; those without a row here are not known.
  const known = column.categories
    .map((category, code) => ({ category, share: (counts[code] as number) / filled }))
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => (a.category < b.category ? -1 : 1));
  return {
    kind: 'categorical',
    column: column.name,
    categories: known.map(({ category }) => category),
    frequencies: known.map(({ share }) => share),
    missingColumn: column.missing > 0,
    missing: column.missing,
  };
}

function asCategorical(column: Column): CategoricalColumn {
  if (column.kind === 'categorical') return column;
  return categoricalColumn(
    column.name,
    Array.from(column.values, (_, row) => cellText(column, row)),
  );
}
