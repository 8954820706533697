import { throwIfAborted } from '@agop/core';
import type { Column, Table } from '@agop/data';
import { takeRows } from '@agop/data';
import { withColumn } from './columns.ts';
import type { Drawn } from './result.ts';

/** Rows that are averaged over, and places on each axis. */
const [averagedRows, numericPlaces, categoryPlaces] = [60, 15, 8];
/** Classes whose probability is shown. */
const mostOutputs = 4;

/**
 * Partial dependence: the mean prediction of some rows where a column has one value in all of them.
 *
 * Source: Friedman, "Greedy Function Approximation", Annals of Statistics 29 (2001), section 8.2.
 *
 * @param outputs names of the outputs, in the order of the predictions
 * @param predict outputs for other rows
 */
export async function dependences(
  table: Table,
  columns: readonly string[],
  outputs: readonly string[],
  predict: (table: Table) => Promise<ArrayLike<number>>,
  signal?: AbortSignal,
): Promise<Drawn['dependence']> {
  const step = Math.max(1, table.rows / averagedRows);
  const chosen = Array.from({ length: Math.min(table.rows, averagedRows) }, (_, i) => Math.floor(i * step));
  const some = takeRows(table, Int32Array.from(chosen));
  const shown = outputs.length === 2 ? [1] : outputs.slice(0, mostOutputs).map((_, k) => k);
  const found: Drawn['dependence'] = [];
  for (const name of columns) {
    const column = table.columns.find((one) => one.name === name);
    const places = column && placesOf(column);
    if (!column || !places || places.length < 2) continue;
    const means: number[][] = [];
    for (const place of places) {
      throwIfAborted(signal, 'The partial dependence');
      const predicted = await predict(withColumn(some, name, () => filled(column, some.rows, place.cell)));
      means.push(
        shown.map((k) => {
          let sum = 0;
          for (let row = 0; row < some.rows; row++) sum += predicted[row * outputs.length + k] as number;
          return sum / some.rows;
        }),
      );
    }
    found.push({
      column: name,
      at: places.map(({ label }) => label) as number[] | string[],
      curves: shown.map((k, i) => ({
        label: outputs[k] as string,
        y: means.map((own) => own[i] as number),
      })),
    });
  }
  return found;
}

interface Place {
  readonly label: number | string;
  /** A number, or the code of a category. */
  readonly cell: number;
}

/** Quantiles of a column of numbers; the most frequent categories of others. */
function placesOf(column: Column): Place[] {
  if (column.kind === 'categorical') {
    const counts = new Map<number, number>();
    for (const code of column.codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
    return [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, categoryPlaces)
      .map(([code]) => ({ label: column.categories[code] ?? '', cell: code }));
  }
  const sorted = column.values.filter((value) => Number.isFinite(value)).sort();
  const different = [...new Set(sorted)];
  const values =
    different.length <= numericPlaces
      ? different
      : [
          ...new Set(
            Array.from({ length: numericPlaces }, (_, i) => {
              // The outermost fiftieth of the rows may lie far away.
              const share = 0.02 + (0.96 * i) / (numericPlaces - 1);
              return sorted[Math.round(share * (sorted.length - 1))] as number;
            }),
          ),
        ];
  return values.map((value) => ({ label: value, cell: value }));
}

function filled(column: Column, rows: number, cell: number): Column {
  return column.kind === 'numeric'
    ? { ...column, values: new Float64Array(rows).fill(cell) }
    : { ...column, codes: new Int32Array(rows).fill(cell) };
}
