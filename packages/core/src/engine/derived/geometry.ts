import { type Expression, input, selectLessEqual } from '../../expression/expression.ts';
import { inputNames } from '../../expression/program.ts';
import type { Matrix } from '../../matrix.ts';
import type { BoundInput, CompleteEngine } from '../engine.ts';
import { symmetrize } from './symmetrize.ts';
import { reshaped, Temporaries } from './temporaries.ts';

/** The products, and then the expression of them. */
export function pairwise<Buffer>(
  engine: CompleteEngine<Buffer>,
  x: Matrix<Buffer>,
  z: Matrix<Buffer>,
  expression: Expression,
  inputs: readonly BoundInput<Buffer>[],
  symmetric: boolean,
  out: Matrix<Buffer>,
): void {
  engine.matmul(x, z, { transposeA: false, transposeB: true, alpha: 1, beta: 0 }, out);
  const product = { name: 'u', kind: 'full', matrix: out } as const;
  engine.map(expression, inputNames(expression).includes('u') ? [...inputs, product] : inputs, out);
  if (symmetric) symmetrize(engine, out, out);
}

const difference = input('x').sub(input('z'));
const distance = difference.abs();

/** One column of X and Z after the other: out += |x_ik − z_jk|^p. */
export function powerDistances<Buffer>(
  engine: CompleteEngine<Buffer>,
  x: Matrix<Buffer>,
  z: Matrix<Buffer>,
  p: number,
  out: Matrix<Buffer>,
): void {
  const expression = input('sum').add(distance.pow(p));
  engine.fill(out, 0);
  forColumns(engine, x, z, (column) => {
    engine.map(expression, [...column, { name: 'sum', kind: 'full', matrix: out }], out);
  });
}

/** One column after the other: the sum over j of w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk). */
export function powerDistanceGradients<Buffer>(
  engine: CompleteEngine<Buffer>,
  weights: Matrix<Buffer>,
  x: Matrix<Buffer>,
  z: Matrix<Buffer>,
  p: number,
  out: Matrix<Buffer>,
): void {
  const slope = distance.pow(p - 1).mul(difference.sign());
  const expression = selectLessEqual(distance, 0, 0, input('weight').mul(slope));
  using temporary = new Temporaries(engine);
  const terms = temporary.matrix(x.rows, z.rows, x.dtype);
  const sums = temporary.matrix(x.rows, 1, x.dtype);
  forColumns(engine, x, z, (column, k) => {
    engine.map(expression, [...column, { name: 'weight', kind: 'full', matrix: weights }], terms);
    engine.reduce('sum', terms, 1, sums);
    engine.place(sums, out, 0, k);
  });
}

/** Calls `run` for each column k: x_ik as a column `x`, z_jk as a row `z`. */
function forColumns<Buffer>(
  engine: CompleteEngine<Buffer>,
  x: Matrix<Buffer>,
  z: Matrix<Buffer>,
  run: (column: readonly BoundInput<Buffer>[], k: number) => void,
): void {
  using temporary = new Temporaries(engine);
  const [left, right] = [x, z].map((points) => {
    const turned = temporary.matrix(points.columns, points.rows, points.dtype);
    engine.transpose(points, turned);
    return { turned, row: temporary.matrix(1, points.rows, points.dtype) };
  }) as [Turned<Buffer>, Turned<Buffer>];
  for (let k = 0; k < x.columns; k++) {
    engine.copyRows(left.turned, k, left.row);
    engine.copyRows(right.turned, k, right.row);
    const column = reshaped(left.row, x.rows, 1);
    run(
      [
        { name: 'x', kind: 'column', matrix: column },
        { name: 'z', kind: 'row', matrix: right.row },
      ],
      k,
    );
  }
}

interface Turned<Buffer> {
  readonly turned: Matrix<Buffer>;
  readonly row: Matrix<Buffer>;
}
