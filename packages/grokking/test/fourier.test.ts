import { OptionError, randomArray, ShapeError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { basicOperations, findOperation, modularTable } from '@agop/grokking';
import {
  blockSpectrum,
  discreteFourierTransform,
  fourierContent,
  fourierKernelPredictor,
  fourierMultiplication,
  frequencyMagnitudes,
  fromDiagonals,
} from '@agop/grokking/analysis';
import { describe, expect, it } from 'vitest';

const names = ['add', 'sub', 'mul', 'div'] as const;
const normal = (length: number, seed: number): Float64Array =>
  randomArray(length, 'normal', { seed }, 'float64');

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, v, i) => Math.max(largest, Math.abs(v - (b[i] as number))), 0);
}

/** One-hot rows and one-hot results of the whole table. */
function wholeTable(name: (typeof names)[number], p: number) {
  const table = modularTable(basicOperations[name], p);
  const inputs = new Float64Array(table.size * 2 * p);
  const results = new Float64Array(table.size * p);
  for (let i = 0; i < table.size; i++) {
    inputs[i * 2 * p + (table.a[i] as number)] = 1;
    inputs[i * 2 * p + p + (table.b[i] as number)] = 1;
    results[i * p + (table.labels[i] as number)] = 1;
  }
  return { inputs, results };
}

describe('discrete Fourier transform', () => {
  it('is unitary and follows its definition', () => {
    const v = normal(12, 1);
    const { re, im } = discreteFourierTransform(v);
    const norm = (x: Float64Array): number => x.reduce((sum, e) => sum + e * e, 0);
    expect(norm(re) + norm(im)).toBeCloseTo(norm(v), 12);
    const shift = discreteFourierTransform([0, 1, 0, 0]);
    expect(largestDifference(shift.re, [0.5, 0, -0.5, 0])).toBeLessThan(1e-15);
    expect(largestDifference(shift.im, [0, -0.5, 0, 0.5])).toBeLessThan(1e-15);
  });
});

describe('spectra of blocks', () => {
  it('of a circulant block lie where frequencies add up to 0, of a Hankel block where they are equal', () => {
    const n = 7;
    const row = normal(n, 2);
    for (const shape of ['circulant', 'hankel'] as const) {
      const block = fromDiagonals(row, shape);
      const power = blockSpectrum(block);
      const magnitudes = frequencyMagnitudes(block, shape);
      for (let k = 0; k < n; k++) {
        for (let l = 0; l < n; l++) {
          const onLine = shape === 'circulant' ? (k + l) % n === 0 : k === l;
          const expected = onLine ? (magnitudes[Math.min(k, n - k)] as number) ** 2 : 0;
          expect(power[k * n + l]).toBeCloseTo(expected, 12);
        }
      }
    }
  });

  it('keep the norm', () => {
    const block = normal(36, 3);
    const norm = block.reduce((sum, v) => sum + v * v, 0);
    expect(blockSpectrum(block).reduce((sum, v) => sum + v, 0)).toBeCloseTo(norm, 12);
  });
});

describe('Fourier multiplication algorithm', () => {
  it.each(names.flatMap((name) => [5, 17, 31].map((p) => [name, p] as const)))(
    'is exact on the table of %s mod %i',
    (name, p) => {
      const { inputs, results } = wholeTable(name, p);
      expect(
        largestDifference(fourierMultiplication(basicOperations[name], p)(inputs), results),
      ).toBeLessThan(1e-14);
    },
  );

  it('is the bilinear form of the operation at any input', () => {
    const p = 7;
    const x = normal(2 * p, 4);
    for (const name of names) {
      const expected = new Float64Array(p);
      const table = modularTable(basicOperations[name], p);
      for (let i = 0; i < table.size; i++) {
        const l = table.labels[i] as number;
        expected[l] =
          (expected[l] as number) +
          (x[table.a[i] as number] as number) * (x[p + (table.b[i] as number)] as number);
      }
      expect(largestDifference(fourierMultiplication(basicOperations[name], p)(x), expected)).toBeLessThan(
        1e-13,
      );
    }
  });

  it('works for addition modulo a composite p', () => {
    const { inputs, results } = wholeTable('add', 12);
    expect(largestDifference(fourierMultiplication(basicOperations.add, 12)(inputs), results)).toBeLessThan(
      1e-14,
    );
  });

  it('has nothing to say of polynomials, of composite p in *, of other row lengths', () => {
    expect(() => fourierMultiplication(findOperation('x^2+y^2'), 7)).toThrow(OptionError);
    expect(() => fourierMultiplication(basicOperations.mul, 8)).toThrow(OptionError);
    expect(() => fourierMultiplication(basicOperations.add, 7)(new Float64Array(15))).toThrow(ShapeError);
  });
});

describe('kernel predictor of theorem 5.1', () => {
  it.each(['add', 'sub'] as const)('has the ridgeless coefficients of %s', async (name) => {
    const p = 5;
    using backend = createNaiveBackend();
    const { inputs, results } = wholeTable(name, p);
    const predictor = fourierKernelPredictor(name, p);
    for (let l = 0; l < p; l++) {
      const { metric, coefficients } = predictor.machine(l);
      using x = backend.tensor(inputs, [p * p, 2 * p], 'float64');
      using m = backend.tensor(metric, [2 * p, 2 * p], 'float64');
      using xm = backend.matmul(x, m);
      using inner = backend.matmul(xm, x, { transposeB: true });
      const kernel = (await inner.read()).map((u) => u * u);
      using k = backend.tensor(kernel, [p * p, p * p], 'float64');
      // K is indefinite, as M is: no Cholesky. Nonsingular, so that these coefficients are the only ones.
      const { values, vectors } = await backend.eigh(k);
      expect(Math.min(...(await values.read()).map(Math.abs))).toBeGreaterThan(0.5);
      vectors.dispose();
      values.dispose();
      using alpha = backend.tensor(coefficients, [p * p, 1], 'float64');
      using fitted = backend.matmul(k, alpha);
      const target = Float64Array.from({ length: p * p }, (_, i) => results[i * p + l] as number);
      expect(largestDifference(await fitted.read(), target)).toBeLessThan(1e-14);
    }
  });

  it.each(['add', 'sub'] as const)('equals the algorithm on the table of %s', (name) => {
    const { inputs, results } = wholeTable(name, 17);
    expect(largestDifference(fourierKernelPredictor(name, 17).predict(inputs), results)).toBeLessThan(1e-13);
  });

  it.each(['add', 'sub'] as const)('differs elsewhere by a term that all classes of %s share', (name) => {
    const p = 7;
    const x = normal(2 * p, 5);
    const [x1, x2] = [x.slice(0, p), x.slice(p)];
    const sum = (v: Float64Array): number => v.reduce((s, e) => s + e, 0);
    const square = (v: Float64Array): number => v.reduce((s, e) => s + e * e, 0);
    const extra = (square(x1) + square(x2) - 2 * sum(x1) * sum(x2)) / (2 * p + 2);
    const algorithm = fourierMultiplication(basicOperations[name], p)(x);
    const kernel = fourierKernelPredictor(name, p).predict(x);
    expect(
      largestDifference(
        kernel,
        algorithm.map((v) => v + extra),
      ),
    ).toBeLessThan(1e-13);
  });
});

describe('fourierContent', () => {
  it.each(names)('of the algorithm itself for %s is 1, with all weights 1', (name) => {
    const { share, weights } = fourierContent(wholeTable(name, 11).results, basicOperations[name], 11);
    expect(share).toBeCloseTo(1, 12);
    expect(largestDifference(weights, new Float64Array(weights.length).fill(1))).toBeLessThan(1e-13);
  });

  it('of noise is small, and of the wrong operation too', () => {
    expect(fourierContent(normal(13 ** 3, 6), basicOperations.add, 13).share).toBeLessThan(0.02);
    expect(fourierContent(wholeTable('sub', 13).results, basicOperations.add, 13).share).toBeLessThan(0.01);
  });

  it('asks for the whole table', () => {
    expect(() => fourierContent(new Float64Array(10), basicOperations.add, 3)).toThrow(
      /9 pairs and 3 outputs each, but 10/,
    );
  });
});
