import { floatDType, hostArray } from '../../dtype.ts';
import type { Matrix } from '../../matrix.ts';
import { type Distribution, type RandomKey, randomArray } from '../../random/distributions.ts';
import type { EssentialEngine } from '../engine.ts';
import { sizeOf } from './temporaries.ts';

export function fill<B>(engine: EssentialEngine<B>, out: Matrix<B>, value: number): void {
  engine.write(out.buffer, hostArray(out.dtype, sizeOf(out)).fill(value), out.dtype);
}

export function identity<B>(engine: EssentialEngine<B>, out: Matrix<B>): void {
  const elements = hostArray(out.dtype, sizeOf(out));
  for (let i = 0; i < out.rows; i++) elements[i * (out.columns + 1)] = 1;
  engine.write(out.buffer, elements, out.dtype);
}

export function random<B>(
  engine: EssentialEngine<B>,
  out: Matrix<B>,
  distribution: Distribution,
  key: RandomKey,
): void {
  const dtype = floatDType(out);
  engine.write(out.buffer, randomArray(sizeOf(out), distribution, key, dtype), dtype);
}
