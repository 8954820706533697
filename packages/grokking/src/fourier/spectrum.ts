import { diagonalMeans } from '../structure/nearest.ts';
import { orderOf } from '../structure/square.ts';
import type { BlockShape } from '../tasks/operation.ts';
import { discreteFourierTransform, rootsOfUnity } from './transform.ts';

/**
 * The power |F B F^T|^2 of a block at each pair of frequencies, F the unitary DFT, row-major [n, n]; the sum
 * is ||B||_F^2. A circulant block has power only where the frequencies add up to 0, a Hankel block only where
 * they are equal.
 *
 * @param block row-major [n, n]
 * @throws {ShapeError} if it is not square
 */
export function blockSpectrum(block: ArrayLike<number>): Float64Array {
  const n = orderOf('blockSpectrum', block);
  const roots = rootsOfUnity(n);
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = discreteFourierTransform(
      Float64Array.from({ length: n }, (_, j) => block[i * n + j] as number),
      roots,
    );
    re.set(row.re, i * n);
    im.set(row.im, i * n);
  }
  const power = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) column[i] = re[i * n + j] as number;
    const ofRe = discreteFourierTransform(column, roots);
    for (let i = 0; i < n; i++) column[i] = im[i * n + j] as number;
    const ofIm = discreteFourierTransform(column, roots);
    for (let i = 0; i < n; i++) {
      const x = (ofRe.re[i] as number) - (ofIm.im[i] as number);
      const y = (ofRe.im[i] as number) + (ofIm.re[i] as number);
      power[i * n + j] = x * x + y * y;
    }
  }
  return power;
}

/**
 * The singular values of the nearest circulant (or Hankel) matrix by frequency: sqrt(n) |F c| with c its
 * wrapped diagonals, for frequencies 0 .. floor(n / 2); those above mirror them.
 *
 * @param block row-major [n, n]
 * @throws {ShapeError} if it is not square
 */
export function frequencyMagnitudes(block: ArrayLike<number>, shape: BlockShape): Float64Array {
  const means = diagonalMeans(block, shape);
  const { re, im } = discreteFourierTransform(means);
  const scale = Math.sqrt(means.length);
  return Float64Array.from(
    { length: Math.floor(means.length / 2) + 1 },
    (_, k) => scale * Math.hypot(re[k] as number, im[k] as number),
  );
}
