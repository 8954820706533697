import { input } from '../../expression/expression.ts';
import type { Matrix } from '../../matrix.ts';
import type { CompleteEngine } from '../engine.ts';
import { full, Temporaries } from './temporaries.ts';

const mean = input('a').mul(0.5).add(input('b').mul(0.5));

/** out = (A + Aᵀ) / 2; out may be A. */
export function symmetrize<B>(engine: CompleteEngine<B>, a: Matrix<B>, out: Matrix<B>): void {
  using temporary = new Temporaries(engine);
  const turned = temporary.matrix(a.rows, a.columns, a.dtype);
  engine.transpose(a, turned);
  engine.map(mean, full({ a, b: turned }), out);
}
