import type { Axis } from '../../backend.ts';
import { constant, type Expression, input, selectLessEqual } from '../../expression/expression.ts';
import type { Matrix } from '../../matrix.ts';
import type { CompleteEngine } from '../engine.ts';
import { reshaped, sizeOf, Temporaries } from './temporaries.ts';

const x = input('x');

/** out = e(x = out) */
function finish<Buffer>(engine: CompleteEngine<Buffer>, expression: Expression, out: Matrix<Buffer>): void {
  engine.map(expression, [{ name: 'x', kind: 'full', matrix: out }], out);
}

export function mean<Buffer>(
  engine: CompleteEngine<Buffer>,
  a: Matrix<Buffer>,
  axis: Axis,
  out: Matrix<Buffer>,
): void {
  const count = axis === 'all' ? sizeOf(a) : axis === 0 ? a.rows : a.columns;
  engine.reduce('sum', a, axis, out);
  if (count === 0) engine.fill(out, Number.NaN);
  else finish(engine, x.div(count), out);
}

export function norm<Buffer>(
  engine: CompleteEngine<Buffer>,
  a: Matrix<Buffer>,
  axis: Axis,
  out: Matrix<Buffer>,
): void {
  using temporary = new Temporaries(engine);
  const squares = temporary.matrix(a.rows, a.columns, a.dtype);
  engine.map(x.mul(x), [{ name: 'x', kind: 'full', matrix: a }], squares);
  engine.reduce('sum', squares, axis, out);
  finish(engine, x.sqrt(), out);
}

/** The largest of the negated indices at which the maximum stands, negated. */
export function argmax<Buffer>(
  engine: CompleteEngine<Buffer>,
  a: Matrix<Buffer>,
  axis: 0 | 1,
  out: Matrix<Buffer>,
): void {
  const count = axis === 0 ? a.rows : a.columns;
  using temporary = new Temporaries(engine);
  const [rows, columns] = axis === 0 ? [1, a.columns] : [a.rows, 1];
  const lines = temporary.matrix(rows, columns, a.dtype);
  const indices = temporary.row(
    Int32Array.from({ length: count }, (_, i) => i),
    a.dtype,
  );
  const candidates = temporary.matrix(a.rows, a.columns, a.dtype);
  engine.reduce('max', a, axis, lines);
  engine.map(
    negatedIndexOfMaximum,
    [
      { name: 'x', kind: 'full', matrix: a },
      { name: 'maximum', kind: axis === 0 ? 'row' : 'column', matrix: lines },
      axis === 0
        ? { name: 'index', kind: 'column', matrix: reshaped(indices, count, 1) }
        : { name: 'index', kind: 'row', matrix: indices },
      { name: 'last', kind: 'number', value: count - 1 },
    ],
    candidates,
  );
  engine.reduce('max', candidates, axis, lines);
  finish(engine, constant(0).sub(x), lines);
  engine.cast(reshaped(lines, 1, sizeOf(lines)), out);
}

/** -index where x is the maximum, else the index of the last element negated, which is no larger than any. */
const negatedIndexOfMaximum = selectLessEqual(input('maximum'), x, input('index').neg(), input('last').neg());
