import { type RandomKey, randomPermutation } from '@agop/core';
import { type Rows, type Samples, takeSamples } from '@agop/estimators';

/** A leaf's training rows and those that choose its iteration. */
export interface LeafRows {
  readonly training: Samples<Rows>;
  readonly held: Samples<Rows> | undefined;
}

/**
 * Fills the held-out rows of a leaf up with some of its training rows, which are drawn at random.
 *
 * Source: xRFM 0.4 fills up to 1500 rows, by at most 20 % of the training rows.
 *
 * @param rows held-out rows that are wanted
 * @param fraction of the training rows that may be taken at most
 */
export function refilled(
  { training, held }: LeafRows,
  { rows, fraction }: { readonly rows: number; readonly fraction: number },
  key: RandomKey,
): LeafRows {
  const n = training.x.rows;
  const missing = Math.min(rows - (held?.x.rows ?? 0), Math.floor(n * fraction));
  if (missing <= 0) return { training, held };
  const order = randomPermutation(n, key);
  const taken = takeSamples(training, order.slice(0, missing).sort());
  return {
    training: takeSamples(training, order.slice(missing).sort()),
    held: held ? joined(held, taken) : taken,
  };
}

function joined(a: Samples<Rows>, b: Samples<Rows>): Samples<Rows> {
  const both = { x: below(a.x, b.x), y: below(a.y, b.y) };
  if (!a.weights && !b.weights) return both;
  const weights = [a, b].flatMap(({ x, weights }) => Array.from(weights ?? new Float64Array(x.rows).fill(1)));
  return { ...both, weights: Float64Array.from(weights) };
}

function below(a: Rows, b: Rows): Rows {
  const data = new Float64Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { data, rows: a.rows + b.rows, columns: a.columns };
}
