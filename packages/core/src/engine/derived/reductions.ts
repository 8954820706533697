import type { Axis } from '../../backend.ts';
import { constant, type Expression, input, selectLessEqual } from '../../expression/expression.ts';
import type { Matrix } from '../../matrix.ts';
import type { CompleteEngine } from '../engine.ts';
import { full, reshaped, sizeOf, Temporaries } from './temporaries.ts';

const x = input('x');

/** out = e(x = out) */
function finish<B>(engine: CompleteEngine<B>, expression: Expression, out: Matrix<B>): void {
  engine.map(expression, full({ x: out }), out);
}

export function mean<B>(engine: CompleteEngine<B>, a: Matrix<B>, axis: Axis, out: Matrix<B>): void {
  const count = axis === 'all' ? sizeOf(a) : axis === 0 ? a.rows : a.columns;
  engine.reduce('sum', a, axis, out);
  if (count === 0) engine.fill(out, Number.NaN);
  else finish(engine, x.div(count), out);
}

export function norm<B>(engine: CompleteEngine<B>, a: Matrix<B>, axis: Axis, out: Matrix<B>): void {
  using temporary = new Temporaries(engine);
  const squares = temporary.matrix(a.rows, a.columns, a.dtype);
  engine.map(x.mul(x), full({ x: a }), squares);
  engine.reduce('sum', squares, axis, out);
  finish(engine, x.sqrt(), out);
}

/** The largest of the negated indices at which the maximum stands, negated. */
export function argmax<B>(engine: CompleteEngine<B>, a: Matrix<B>, axis: 0 | 1, out: Matrix<B>): void {
  const count = axis === 0 ? a.rows : a.columns;
  using temporary = new Temporaries(engine);
  const [rows, columns] = axis === 0 ? [1, a.columns] : [a.rows, 1];
  const lines = temporary.matrix(rows, columns, a.dtype);
  const row = temporary.row([...Array(count).keys()], a.dtype);
  const indices = axis === 0 ? reshaped(row, count, 1) : row;
  const candidates = temporary.matrix(a.rows, a.columns, a.dtype);
  engine.reduce('max', a, axis, lines);
  engine.map(
    negatedIndexOfMaximum,
    [
      ...full({ x: a }),
      { name: 'maximum', kind: axis === 0 ? 'row' : 'column', matrix: lines },
      { name: 'index', kind: axis === 0 ? 'column' : 'row', matrix: indices },
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
