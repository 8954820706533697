import type { Matrix } from '../../matrix.ts';
import type { EssentialEngine } from '../engine.ts';
import { reshaped, sizeOf, Temporaries } from './temporaries.ts';

/** out, element by element in the order of its rows, from the elements of `a` at these places. */
export function gatherElements<B>(
  engine: EssentialEngine<B>,
  a: Matrix<B>,
  place: (at: number) => number,
  out: Matrix<B>,
): void {
  const places = Int32Array.from({ length: sizeOf(out) }, (_, at) => place(at));
  gatherRows(engine, reshaped(a, sizeOf(a), 1), places, reshaped(out, sizeOf(out), 1));
}

/** Rows of `a`; nothing where `out` is empty. */
export function gatherRows<B>(
  engine: EssentialEngine<B>,
  a: Matrix<B>,
  rows: Int32Array,
  out: Matrix<B>,
): void {
  if (sizeOf(out) === 0) return;
  using temporary = new Temporaries(engine);
  engine.gather(a, temporary.row(rows, 'int32'), out);
}
