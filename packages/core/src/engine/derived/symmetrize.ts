import { input } from '../../expression/expression.ts';
import type { Matrix } from '../../matrix.ts';
import type { CompleteEngine } from '../engine.ts';
import { Temporaries } from './temporaries.ts';

const mean = input('a').mul(0.5).add(input('b').mul(0.5));

/** out = (A + Aᵀ) / 2; out may be A. */
export function symmetrize<Buffer>(
  engine: CompleteEngine<Buffer>,
  a: Matrix<Buffer>,
  out: Matrix<Buffer>,
): void {
  using temporary = new Temporaries(engine);
  const turned = temporary.matrix(a.rows, a.columns, a.dtype);
  engine.transpose(a, turned);
  engine.map(
    mean,
    [
      { name: 'a', kind: 'full', matrix: a },
      { name: 'b', kind: 'full', matrix: turned },
    ],
    out,
  );
}
