import { UnknownLabelError, ValueError, wording } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import { type DatePart, dateParts, readDate } from '../cells/dates.ts';
import { canonicalCode, parseNumber, readNumber } from '../cells/numbers.ts';
import { identifierWords, isIdentifier } from '../table/findings.ts';
import { categoricalColumn } from '../table/from-columns.ts';
import { usualSpellings, wordOf } from '../table/spellings.ts';
import {
  assertFinite,
  type CategoricalColumn,
  type Column,
  cellText,
  describeRow,
  type Notation,
  type NumericColumn,
  positionOf,
  type Table,
} from '../table/table.ts';
import { interpolate, type Knots, type NumberScale, rankKnots } from './number-scale.ts';
import type { PreprocessOptions } from './options.ts';

import type {
  CategoricalEncoder,
  DateEncoder,
  Encoder,
  LeftOutColumn,
  NumericEncoder,
  OrdinalEncoder,
} from './state.ts';

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
  if (options.identifiers === 'leave out' && isIdentifier(column, table.rows)) {
    return leaveOut('identifier', `it ${identifierWords(column)}`);
  }
  const scale = options.scale ?? 'standard';
  const indicates = options.missing === 'indicator' && column.missing > 0;
  if (column.kind === 'numeric' && column.notation?.startsWith('date') && !isCode) {
    const encoder = fitDate(table, column, column.notation, scale);
    return encoder === undefined ? leaveOut('constant', 'all of its values are equal') : { encoder };
  }
  if (column.kind === 'numeric' && !isCode) {
    const encoder = fitNumeric(table, column.name, column.values, scale, column.missing);
    if (encoder === undefined) return leaveOut('constant', 'all of its values are equal');
    const { notation } = column;
    return {
      encoder: {
        ...encoder,
        ...(notation !== undefined && { notation }),
        ...(indicates && { missingColumn: true }),
      },
    };
  }
  const text = asCategorical(column);
  const limit = checkWhole('maxCategories', options.maxCategories ?? 128, 1);
  const encoder = fitCategorical(text, options.spellings === 'merge');
  if (encoder.categories.length === 1 && !encoder.missingColumn) {
    return leaveOut('constant', 'all of its values are equal');
  }
  if (options.categories === 'ordinal') return { encoder: ordinal(encoder) };
  if (encoder.categories.length > limit && options.rareCategories === 'codes') {
    return { encoder: codesOf(encoder) };
  }
  if (encoder.categories.length > limit && options.rareCategories === 'together') {
    return { encoder: withoutRare(encoder, limit) };
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
  scaling: NumberScale,
  missing: number,
): NumericEncoder | undefined {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    assertFinite(table, name, row, value);
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  if (smallest === largest) return undefined;
  const filled = values.filter((value) => !Number.isNaN(value));
  const knots = scaling.endsWith('ranks') ? rankKnots(filled.sort(), ranksOf(scaling)) : undefined;
  const { mean, deviation } = knots
    ? spread(filled.map((value) => interpolate(knots, value)))
    : spread(filled);
  if (!Number.isFinite(mean) || !Number.isFinite(deviation) || deviation === 0) {
    throw new ValueError(
      `Column '${name}': its values, from ${smallest} to ${largest}, are too large or too close to be standardised ` +
        'in double precision. Rescale the column.',
    );
  }
  const [shift, scale] =
    scaling === 'none'
      ? [0, 1]
      : scaling === 'largest'
        ? [0, Math.max(Math.abs(smallest), Math.abs(largest))]
        : [mean, deviation];
  return {
    kind: 'numeric',
    column: name,
    mean,
    shift,
    scale,
    missing,
    range: { from: smallest, to: largest, cells: filled.length },
    ...(knots && { knots: copyOf(knots) }),
  };
}

function ranksOf(scaling: NumberScale): 'normal ranks' | 'uniform ranks' {
  return scaling === 'uniform ranks' ? scaling : 'normal ranks';
}

function copyOf({ at, to }: Knots): { at: number[]; to: number[] } {
  return { at: [...at], to: [...to] };
}

/** Mean and standard deviation, divided by n. */
function spread(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** The parts of a date that differ between rows. */
function fitDate(
  table: Table,
  column: NumericColumn,
  notation: Notation,
  scaling: NumberScale,
): DateEncoder | undefined {
  const parts = (Object.keys(dateParts) as DatePart[]).flatMap((part) => {
    const fitted = fitNumeric(
      table,
      column.name,
      column.values.map(dateParts[part]),
      scaling.endsWith('ranks') ? 'standard' : scaling,
      column.missing,
    );
    return fitted === undefined
      ? []
      : [{ part, mean: fitted.mean, shift: fitted.shift, scale: fitted.scale }];
  });
  if (parts.length === 0) return undefined;
  const days = column.values.filter((value) => !Number.isNaN(value)).sort();
  const range = { from: days[0] as number, to: days.at(-1) as number, cells: days.length };
  return { kind: 'date', column: column.name, notation, parts, missing: column.missing, range };
}

function fitCategorical(column: CategoricalColumn, merges: boolean): CategoricalEncoder {
  // A part of a table keeps all categories of the whole; those without a row here are not known. The codes 1
  // and 1.0 are one.
  const spelled = new Map<string, number>();
  const names = column.categories.map(canonicalCode);
  let filled = 0;
  for (const code of column.codes) {
    if (code < 0) continue;
    const name = names[code] as string;
    spelled.set(name, (spelled.get(name) ?? 0) + 1);
    filled += 1;
  }
  const counts = merges ? mergedCounts(spelled) : spelled;
  const known = [...counts]
    .map(([category, count]) => ({ category, share: count / filled }))
    .toSorted((a, b) => (a.category < b.category ? -1 : 1));
  return {
    kind: 'categorical',
    column: column.name,
    categories: known.map(({ category }) => category),
    frequencies: known.map(({ share }) => share),
    missingColumn: column.missing > 0,
    missing: column.missing,
    ...(merges && { anySpelling: true }),
  };
}

/** How often words occur, each by its usual spelling. */
function mergedCounts(counts: ReadonlyMap<string, number>): Map<string, number> {
  const usual = usualSpellings(counts);
  const merged = new Map<string, number>();
  for (const [text, count] of counts) {
    const name = usual.get(wordOf(text)) as string;
    merged.set(name, (merged.get(name) ?? 0) + count);
  }
  return merged;
}

function asCategorical(column: Column): CategoricalColumn {
  if (column.kind === 'categorical') return column;
  return categoricalColumn(
    column.name,
    Array.from(column.values, (_, row) => cellText(column, row)),
  );
}

/** Categories as numbers 0, 1, … in their order, standardised over the training rows. */
function ordinal(encoder: CategoricalEncoder): OrdinalEncoder {
  const { column, categories, frequencies, missing, anySpelling } = encoder;
  // Codes that are numbers come in the order of these.
  const order = categories
    .map((category, index) => ({ category, share: frequencies[index] as number }))
    .toSorted((a, b) => compareCodes(a.category, b.category));
  const mean = order.reduce((sum, { share }, code) => sum + share * code, 0);
  const square = order.reduce((sum, { share }, code) => sum + share * (code - mean) ** 2, 0);
  return {
    kind: 'ordinal',
    column,
    categories: order.map(({ category }) => category),
    shift: mean,
    scale: square > 0 ? Math.sqrt(square) : 1,
    missing,
    ...(anySpelling && { anySpelling }),
  };
}

function compareCodes(a: string, b: string): number {
  const [x, y] = [parseNumber(a), parseNumber(b)];
  if (x !== undefined && y !== undefined) return x - y;
  if (x !== undefined || y !== undefined) return x === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}

/** Most categories that have codes. */
export const mostCodes = 1000;

/** A code for each of the most frequent categories. */
function codesOf(encoder: CategoricalEncoder): OrdinalEncoder {
  const categories = mostFrequent(encoder, mostCodes).map(({ category }) => category);
  const { column, missing, anySpelling } = encoder;
  return {
    ...{ kind: 'ordinal', column, categories, shift: 0, scale: 1, missing, asCodes: true },
    ...(anySpelling && { anySpelling }),
  };
}

/** So many of the most frequent categories, in their order. */
function mostFrequent({ categories, frequencies }: CategoricalEncoder, count: number) {
  return categories
    .map((category, index) => ({ category, share: frequencies[index] as number, index }))
    .toSorted((a, b) => b.share - a.share || a.index - b.index)
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index);
}

/** The most frequent categories have a column each; all others, known or not, have one together. */
function withoutRare(encoder: CategoricalEncoder, limit: number): CategoricalEncoder {
  const ranked = mostFrequent(encoder, Math.max(limit - 1, 1));
  const kept = ranked.reduce((sum, { share }) => sum + share, 0);
  return {
    ...encoder,
    categories: ranked.map(({ category }) => category),
    frequencies: ranked.map(({ share }) => share),
    otherShare: Math.max(1 - kept, 0),
  };
}

/** Different values that a message lists before it stops. */
const listedCategories = 12;

/** Number of matrix columns that an encoder fills. */
export function encodedWidth(encoder: Encoder): number {
  return encodedNames(encoder).length;
}

/**
 * Names of the matrix columns that an encoder fills: `age`, `day:month`, or `colour=red`, `colour=(missing)`.
 */
export function encodedNames(encoder: Encoder): string[] {
  const missing = 'missingColumn' in encoder && encoder.missingColumn ? [`${encoder.column}=(missing)`] : [];
  if (encoder.kind === 'numeric' || encoder.kind === 'ordinal') return [encoder.column, ...missing];
  if (encoder.kind === 'date') return encoder.parts.map(({ part }) => `${encoder.column}:${part}`);
  const values = encoder.categories.map((value) => `${encoder.column}=${value}`);
  const others = encoder.otherShare === undefined ? [] : [`${encoder.column}=(other)`];
  return [...values, ...others, ...missing];
}

/**
 * Writes one encoded column into a row-major matrix.
 *
 * @param data rows x `stride` numbers, zero where this encoder writes
 * @param offset first matrix column of this encoder
 * @throws {ValueError} if a cell of a numeric column is infinite, out of range on the column's scale, or text
 * @throws {UnknownLabelError} for an unknown category, unless these are to be ignored
 */
export function encodeColumn(
  encoder: Encoder,
  table: Table,
  column: Column,
  unknown: 'error' | 'ignore',
  data: Float64Array,
  offset: number,
  stride: number,
): void {
  if (encoder.kind === 'categorical') {
    encodeCategorical(encoder, table, column, unknown, data, offset, stride);
    return;
  }
  if (encoder.kind === 'ordinal') {
    encodeOrdinal(encoder, table, column, unknown, data, offset, stride);
    return;
  }
  const parts = encoder.kind === 'numeric' ? [encoder] : encoder.parts;
  const knots = encoder.kind === 'numeric' ? encoder.knots : undefined;
  const indicates = encoder.kind === 'numeric' && encoder.missingColumn === true;
  const isDate = encoder.kind === 'date';
  for (let row = 0; row < table.rows; row++) {
    const value = numberOf(table, column, row, isDate);
    const at = row * stride + offset;
    for (const [i, part] of parts.entries()) {
      if (Number.isNaN(value)) {
        data[at + i] = (part.mean - part.shift) / part.scale;
      } else {
        assertFinite(table, column.name, row, value);
        const own = isDate && 'part' in part ? dateParts[part.part](value) : value;
        const scaled = ((knots ? interpolate(knots, own) : own) - part.shift) / part.scale;
        if (!Number.isFinite(scaled)) throw beyondScale(table, column.name, row, value);
        data[at + i] = scaled;
      }
    }
    if (indicates && Number.isNaN(value)) data[at + 1] = 1;
  }
}

function encodeCategorical(
  encoder: CategoricalEncoder,
  table: Table,
  column: Column,
  unknown: 'error' | 'ignore',
  data: Float64Array,
  offset: number,
  stride: number,
): void {
  const positionOfText = positionsOf(encoder);
  const { otherShare, categories } = encoder;
  const others = otherShare === undefined ? undefined : categories.length;
  const width = categories.length + (others === undefined ? 0 : 1);
  for (let row = 0; row < table.rows; row++) {
    const start = row * stride + offset;
    const text = cellText(column, row);
    if (text === null) {
      if (encoder.missingColumn) data[start + width] = 1;
      else
        data.set(
          otherShare === undefined ? encoder.frequencies : [...encoder.frequencies, otherShare],
          start,
        );
      continue;
    }
    const at = positionOfText(text) ?? others;
    if (at !== undefined) data[start + at] = 1;
    else if (unknown === 'error') throw unknownCategory(encoder, table, row, text);
  }
}

/** Codes of the categories, standardised; missing and unknown ones count as their mean. */
function encodeOrdinal(
  encoder: OrdinalEncoder,
  table: Table,
  column: Column,
  unknown: 'error' | 'ignore',
  data: Float64Array,
  offset: number,
  stride: number,
): void {
  const codeOf = positionsOf(encoder);
  const { asCodes = false, shift, scale } = encoder;
  for (let row = 0; row < table.rows; row++) {
    const text = cellText(column, row);
    const at = row * stride + offset;
    if (text === null) {
      if (asCodes) data[at] = encoder.categories.length;
      continue;
    }
    const code = codeOf(text);
    if (code !== undefined) data[at] = (code - shift) / scale;
    else if (asCodes) data[at] = -1;
    else if (unknown === 'error') throw unknownCategory(encoder, table, row, text);
  }
}

/** Finds the place of a category; the codes 1 and 1.0 are one. */
export function positionsOf({
  categories,
  anySpelling = false,
}: Pick<CategoricalEncoder, 'categories' | 'anySpelling'>): (text: string) => number | undefined {
  const position = new Map(categories.map((category, i) => [canonicalCode(category), i]));
  for (const [i, category] of categories.entries()) position.set(category, i);
  const ofWords = anySpelling ? new Map(categories.map((category, i) => [wordOf(category), i])) : undefined;
  return (text) => position.get(text) ?? position.get(canonicalCode(text)) ?? ofWords?.get(wordOf(text));
}

function beyondScale(table: Table, column: string, row: number, value: number): ValueError {
  return new ValueError(
    `Column '${column}', ${describeRow(table, row)}: ${value} is so far from the other values that it leaves the range of ` +
      'numbers on their scale. Correct the cell or leave it empty.',
    positionOf(table, column, row),
  );
}

function unknownCategory(
  encoder: CategoricalEncoder | OrdinalEncoder,
  table: Table,
  row: number,
  text: string,
): UnknownLabelError {
  const { categories } = encoder;
  const listed = categories.slice(0, listedCategories).map((category) => `'${category}'`);
  const more = categories.length > listed.length ? ` and ${categories.length - listed.length} more` : '';
  return new UnknownLabelError(
    wording`Column '${encoder.column}', ${describeRow(table, row)}: the category '${text}' did not occur in the training rows. Known are ${listed.join(', ')}${more}. Correct the cell, leave it empty, or ignore unknown categories: ${{ option: 'unknownCategories', value: 'ignore' }}.`,
    text,
    positionOf(table, encoder.column, row),
  );
}

/**
 * The number that a cell writes, the days of a date; NaN where it is missing.
 *
 * @throws {ValueError} for other text
 */
export function numberOf(table: Table, column: Column, row: number, isDate: boolean): number {
  if (column.kind === 'numeric') return column.values[row] as number;
  const text = cellText(column, row);
  if (text === null) return Number.NaN;
  const value = isDate ? readDate(text, 'YMD') : (parseNumber(text) ?? readNumber(text)?.point);
  if (value !== undefined) return value;
  throw new ValueError(
    `Column '${column.name}', ${describeRow(table, row)}: '${text}' is not a ${isDate ? 'date' : 'number'}, but the ` +
      `training rows had ${isDate ? 'dates' : 'numbers'} in this column. Correct the cell or leave it empty.`,
    positionOf(table, column.name, row),
  );
}
