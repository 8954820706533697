import { type Column, cellText, type Table } from '@agop/data';

/** A column of a table, for people. Plain data. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** How its numbers are written, where that is not with decimal points. */
  readonly notation: string | undefined;
  readonly missing: number;
  /** Different values; counted up to 1,000. */
  readonly different: number;
  /** The first few different cells. */
  readonly examples: readonly string[];
  /** Of numbers. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

const mostDifferent = 1000;
const shownExamples = 3;

/** What is seen of the columns of a table. */
export function describeColumns(table: Table): ColumnFacts[] {
  return table.columns.map((column) => ({
    name: column.name,
    kind: column.kind,
    notation: column.kind === 'numeric' ? column.notation : undefined,
    missing: column.missing,
    ...differentCells(column, table.rows),
    ...rangeOf(column),
  }));
}

function differentCells(column: Column, rows: number): Pick<ColumnFacts, 'different' | 'examples'> {
  const seen = new Set<number>();
  const examples: string[] = [];
  for (let row = 0; row < rows && seen.size < mostDifferent; row++) {
    const value = column.kind === 'numeric' ? (column.values[row] as number) : (column.codes[row] as number);
    if (Number.isNaN(value) || (column.kind === 'categorical' && value < 0) || seen.has(value)) continue;
    seen.add(value);
    if (examples.length < shownExamples) examples.push(cellText(column, row) ?? '');
  }
  return { different: seen.size, examples };
}

/** Least and greatest number of a column that has some. */
export function rangeOf(column: Column): Pick<ColumnFacts, 'low' | 'high'> {
  if (column.kind !== 'numeric') return { low: undefined, high: undefined };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of column.values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : { low: undefined, high: undefined };
}

/** The column that is most likely to be predicted: one with such a name, else the last. */
export function likelyTarget({ columns }: Table): string {
  const usual = ['target', 'class', 'label', 'y', 'outcome', 'progression', 'price'];
  const named = columns.find(({ name }) => usual.includes(name.toLowerCase()));
  return (named ?? columns.at(-1))?.name ?? '';
}
