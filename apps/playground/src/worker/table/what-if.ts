import type { Table } from '@agop/data';
import type { RowModel } from './row-model.ts';
import { type InputColumn, tableOfRows, type WhatIfCell } from './rows.ts';

/** What a row is asked. */
export interface WhatIfQuestion {
  /** A cell of each input, in their order. */
  readonly row: readonly WhatIfCell[];
  /** The target, or the class whose probability is looked at, counted from 0. */
  readonly output: number;
  /** Inputs whose curves are wanted, by their place. */
  readonly curves: readonly number[];
}

/** What the model says of a row, and of rows that differ from it in one column. Plain data. */
export interface WhatIfAnswer {
  /** One for each target, or the probability of each class. */
  readonly values: readonly number[];
  /** Label, or values as the target is written. */
  readonly cells: readonly (string | number)[];
  /** Why the row lies outside of what the model was fitted on; empty where it does not. */
  readonly outside: readonly string[];
  readonly curves: readonly WhatIfCurve[];
}

/** Predictions where one column is moved and the others stay. */
export interface WhatIfCurve {
  /** Place of the input. */
  readonly input: number;
  /** Numbers, or places of categories. */
  readonly at: readonly number[];
  readonly values: readonly number[];
  /** Derivative of the output by the column at the row, per unit; undefined for categories. */
  readonly slope: number | undefined;
}

/** Points of a curve over numbers. */
const points = 25;
/** Categories that a curve shows at most. */
const mostCategories = 40;
/** Step of a difference quotient, as a part of the range. */
const step = 1e-3;

/** Asks a model about one row. */
export async function askWhatIf(
  model: RowModel,
  inputs: readonly InputColumn[],
  { row, output, curves }: WhatIfQuestion,
): Promise<WhatIfAnswer> {
  const rows: (readonly WhatIfCell[])[] = [row];
  const plans = curves.flatMap((input) => {
    const column = inputs[input];
    if (column === undefined) return [];
    const at = placesOf(column);
    const begin = rows.length;
    const cellAt = (place: number): WhatIfCell =>
      column.kind === 'categorical' ? (column.categories[place] ?? null) : place;
    for (const place of at) rows.push(row.with(input, cellAt(place)));
    return [{ input, at, begin, column }];
  });
  const slopes = await slopesOf(model, inputs, row, plans);
  const all = await model.values(tableOfRows(inputs, rows));
  const outputs = all.length / rows.length;
  const one = tableOfRows(inputs, [row]);
  return {
    values: Array.from(all.subarray(0, outputs)),
    cells: (await model.cells(one))[0] ?? [],
    outside: (await model.outside(one))[0] ?? [],
    curves: plans.map(({ input, at, begin }, i) => ({
      input,
      at,
      values: at.map((_, k) => all[(begin + k) * outputs + output] as number),
      slope: slopes[i]?.[output],
    })),
  };
}

function placesOf({ kind, low, high, categories }: InputColumn): number[] {
  if (kind === 'categorical') return categories.slice(0, mostCategories).map((_, i) => i);
  return Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
}

interface Plan {
  readonly input: number;
  readonly column: InputColumn;
}

/** Derivatives of all outputs by the column of each plan; undefined for categories. */
async function slopesOf(
  model: RowModel,
  inputs: readonly InputColumn[],
  row: readonly WhatIfCell[],
  plans: readonly Plan[],
): Promise<(Float64Array | undefined)[]> {
  const stepOf = ({ low, high }: InputColumn): number => (high - low) * step || step;
  const moved = ({ input, column }: Plan): Table => {
    const at = Number(row[input] ?? column.typical);
    return tableOfRows(inputs, [row.with(input, at + stepOf(column)), row.with(input, at - stepOf(column))]);
  };
  const gradients = await model.gradients?.(tableOfRows(inputs, [row]));
  return Promise.all(
    plans.map(async (plan) => {
      if (plan.column.kind === 'categorical') return undefined;
      const width = 2 * stepOf(plan.column);
      if (gradients === undefined) {
        const values = await model.values(moved(plan));
        const outputs = values.length / 2;
        return values.slice(0, outputs).map((value, o) => (value - (values[outputs + o] as number)) / width);
      }
      // The chain rule: how the features move with the column, times the gradient by the features.
      const { data, shape } = model.preprocessor.transform(moved(plan), { unknownCategories: 'ignore' });
      const [, features] = shape;
      return Float64Array.from({ length: gradients.length / features }, (_, o) => {
        let sum = 0;
        for (let k = 0; k < features; k++) {
          const change = ((data[k] as number) - (data[features + k] as number)) / width;
          sum += change * (gradients[o * features + k] as number);
        }
        return sum;
      });
    }),
  );
}
