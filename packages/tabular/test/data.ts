import { randomArray } from '@agop/core';
import { classification, type FitJob, type Rows, regression } from '@agop/estimators';

/** Normal random rows. */
export function normalRows(rows: number, columns: number, seed: number): Rows {
  return { data: randomArray(rows * columns, 'normal', { seed }, 'float64'), rows, columns };
}

/** A smooth function of the first two columns. */
export function smooth({ data, rows, columns }: Rows): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const [a, b] = [data[i * columns] as number, data[i * columns + 1] as number];
    return Math.sin(2 * a) + a * b;
  });
}

/** A regression to be fitted, and the coding of its targets. */
export async function regressionJob(
  x: Rows,
  values: Float64Array = smooth(x),
  held?: Rows,
): Promise<FitJob<Rows> & { readonly coding: Awaited<ReturnType<typeof open>> }> {
  const coding = await open(values, x.rows);
  const y = { data: values, rows: x.rows, columns: values.length / x.rows };
  const own = held && { x: held, y: { data: smooth(held), rows: held.rows, columns: 1 } };
  return { coding, training: { x, y }, held: own, test: undefined };
}

async function open(values: Float64Array, rows: number) {
  const outputs = values.length / rows;
  const input = outputs === 1 ? values : { data: values, shape: [rows, outputs] };
  const opened = await regression().open(input, rows, 'rows');
  return opened.coding.trainedOn(opened.y);
}

/** A classification into three classes by where rows lie. */
export async function classificationJob(x: Rows, coding: 'oneHot' | 'prevalence' | 'logits') {
  const labels = Array.from(smooth(x), (value) => (value < -0.5 ? 'low' : value < 0.7 ? 'middle' : 'high'));
  const opened = await classification<string>(coding).open(labels, x.rows, 'rows');
  const trained = opened.coding.trainedOn(opened.y);
  return { coding: trained, training: { x, y: opened.y }, held: undefined, test: undefined, labels };
}

/** Some rows. */
export function chosenRows({ data, columns }: Rows, chosen: ArrayLike<number>): Rows {
  const some = Array.from(chosen, (row) =>
    Array.from(data as Float64Array).slice(row * columns, (row + 1) * columns),
  );
  return { data: Float64Array.from(some.flat()), rows: chosen.length, columns };
}
