import { type Expression, input, selectLessEqual } from '../../expression/expression.ts';
import { inputNames } from '../../expression/program.ts';
import type { Matrix } from '../../matrix.ts';
import type { BoundInput, CompleteEngine } from '../engine.ts';
import { symmetrize } from './symmetrize.ts';
import { full, reshaped, Temporaries } from './temporaries.ts';

/** The products, and then the expression of them. */
export function pairwise<B>(
  engine: CompleteEngine<B>,
  x: Matrix<B>,
  z: Matrix<B>,
  expression: Expression,
  inputs: readonly BoundInput<B>[],
  symmetric: boolean,
  out: Matrix<B>,
): void {
  engine.matmul(x, z, { transposeA: false, transposeB: true, alpha: 1, beta: 0 }, out);
  const product = inputNames(expression).includes('u') ? full({ u: out }) : [];
  engine.map(expression, [...inputs, ...product], out);
  if (symmetric) symmetrize(engine, out, out);
}

const difference = input('x').sub(input('z'));
const distance = difference.abs();

/** One column of X and Z after the other: out += |x_ik − z_jk|^p. */
export function powerDistances<B>(
  engine: CompleteEngine<B>,
  x: Matrix<B>,
  z: Matrix<B>,
  p: number,
  out: Matrix<B>,
): void {
  const expression = input('sum').add(distance.pow(p));
  engine.fill(out, 0);
  forColumns(engine, x, z, (column) => {
    engine.map(expression, [...column, ...full({ sum: out })], out);
  });
}

/** One column after the other: the sum over j of w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk). */
export function powerDistanceGradients<B>(
  engine: CompleteEngine<B>,
  weights: Matrix<B>,
  x: Matrix<B>,
  z: Matrix<B>,
  p: number,
  out: Matrix<B>,
): void {
  const slope = distance.pow(p - 1).mul(difference.sign());
  const expression = selectLessEqual(distance, 0, 0, input('weight').mul(slope));
  using temporary = new Temporaries(engine);
  const terms = temporary.matrix(x.rows, z.rows, x.dtype);
  const sums = temporary.matrix(x.rows, 1, x.dtype);
  forColumns(engine, x, z, (column, k) => {
    engine.map(expression, [...column, ...full({ weight: weights })], terms);
    engine.reduce('sum', terms, 1, sums);
    engine.place(sums, out, 0, k);
  });
}

/** Calls `run` for each column k: x_ik as a column `x`, z_jk as a row `z`. */
function forColumns<B>(
  engine: CompleteEngine<B>,
  x: Matrix<B>,
  z: Matrix<B>,
  run: (column: readonly BoundInput<B>[], k: number) => void,
): void {
  using temporary = new Temporaries(engine);
  const columnsOf = (points: Matrix<B>): ((k: number) => Matrix<B>) => {
    const turned = temporary.matrix(points.columns, points.rows, points.dtype);
    const column = temporary.matrix(1, points.rows, points.dtype);
    engine.transpose(points, turned);
    return (k) => {
      engine.copyRows(turned, k, column);
      return column;
    };
  };
  const [columnOfX, columnOfZ] = [columnsOf(x), columnsOf(z)];
  for (let k = 0; k < x.columns; k++) {
    const left = { name: 'x', kind: 'column', matrix: reshaped(columnOfX(k), x.rows, 1) } as const;
    run([left, { name: 'z', kind: 'row', matrix: columnOfZ(k) }], k);
  }
}
