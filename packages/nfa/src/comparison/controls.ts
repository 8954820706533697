import { type Backend, input, randomArray, Scope, selectLessEqual, subkey, type Tensor } from '@agop/core';
import { upload } from './measured-layer.ts';

/** What is drawn for one control, each from random numbers of its own. */
const parts = { rotation: 0, signs: 1, weights: 2 } as const;

/**
 * An orthogonal matrix [n, n], uniform among all: the eigenvectors of a symmetric matrix of independent
 * normal numbers, with random signs.
 *
 * @param draw which of the seed's
 */
export async function randomRotation(
  backend: Backend,
  n: number,
  seed: number,
  draw: number,
): Promise<Tensor> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const g = upload(ops, { data: normal(n * n, seed, draw, 'rotation'), shape: [n, n] });
  const { vectors } = await ops.eigh(ops.map(input('a').add(input('b')), { a: g, b: ops.transpose(g) }));
  const signs = upload(ops, { data: normal(n, seed, draw, 'signs'), shape: [1, n] });
  const sign = selectLessEqual(input('s'), 0, -1, 1);
  return scope.keep(ops.map(sign.mul(input('v')), { s: signs, v: vectors }));
}

/** Weights [units, inputs] of independent normal numbers. */
export function randomWeights(
  backend: Backend,
  shape: readonly [number, number],
  seed: number,
  draw: number,
): Tensor {
  return upload(backend, { data: normal(shape[0] * shape[1], seed, draw, 'weights'), shape });
}

function normal(length: number, seed: number, draw: number, part: keyof typeof parts): Float64Array {
  return randomArray(length, 'normal', subkey(seed, 'ansatz-control', 3 * draw + parts[part]), 'float64');
}
