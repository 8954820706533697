/**
 * The simulation models by which estimators of central subspaces are compared, with the true directions.
 *
 * @module
 */
import { OptionError, type RandomKey, randomArray } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import { type HostMatrix, zeros } from './linear/matrix.ts';

export type { HostMatrix };

/** A sample of a model. */
export interface Simulation {
  /** [n, p] */
  readonly x: HostMatrix;
  /** [n] */
  readonly y: Float64Array;
  /** The true directions, orthonormal, [p, r]. */
  readonly truth: HostMatrix;
}

/** A model, by the number of samples and the seed. */
export type SimulationModel = (n: number, seed: number) => Simulation;

/**
 * y = (xᵀb₁)(xᵀb₂)² + (xᵀb₃)(xᵀb₄) + 0.5 ε with x normal in 10 dimensions: four directions, of which no
 * inverse regression of the mean sees all.
 *
 * Source: Xia, Tong, Li, Zhu, "An adaptive estimation of dimension reduction space", J. R. Stat. Soc. B 64
 * (2002), example 1.
 *
 * @throws {OptionError} for a number of samples or a seed that is not a whole number in range
 */
export const fourDirections: SimulationModel = (n, seed) => {
  const truth = columnsOf([
    [1, 2, 3, 4, 0, 0, 0, 0, 0, 0],
    [-2, 1, -4, 3, 1, 2, 0, 0, 0, 0],
    [0, 0, 0, 0, 2, -1, 2, 1, 2, 1],
    [0, 0, 0, 0, 0, 0, -1, -1, 1, 1],
  ]);
  return simulate(n, seed, truth, ([a = 0, b = 0, c = 0, d = 0], noise) => a * b ** 2 + c * d + 0.5 * noise);
};

/**
 * y = xᵀb₁ / (0.5 + (xᵀb₂ + 1.5)²) + 0.5 ε with x normal in 10 dimensions, b₁ and b₂ the first two axes: the
 * model of sliced inverse regression.
 *
 * Source: Li, "Sliced inverse regression for dimension reduction", J. Am. Stat. Assoc. 86 (1991), eq. 6.2.
 *
 * @throws {OptionError} for a number of samples or a seed that is not a whole number in range
 */
export const rational: SimulationModel = (n, seed) =>
  simulate(n, seed, axes(10, 2), ([a = 0, b = 0], noise) => a / (0.5 + (b + 1.5) ** 2) + 0.5 * noise);

/**
 * y = xᵀb₁ + exp(xᵀb₂ / 2) (ε - 1) with ε exponential, x normal in 6 dimensions, b₁ and b₂ the first two
 * axes: the mean depends on b₁ alone, as the mean of the noise is 0; the mode on both, as the mode of skewed
 * noise is not its mean.
 *
 * @throws {OptionError} for a number of samples or a seed that is not a whole number in range
 */
export const skewedNoise: SimulationModel = (n, seed) =>
  simulate(
    n,
    seed,
    axes(6, 2),
    ([a = 0, b = 0], _, share) => a + Math.exp(b / 2) * (-Math.log1p(-share) - 1),
  );

/**
 * y = xᵀb₁ + (0.2 + |xᵀb₂|) ε / 2 with x normal in 6 dimensions, b₁ and b₂ the first two axes: one direction
 * moves the mean, the other one only the spread.
 *
 * @throws {OptionError} for a number of samples or a seed that is not a whole number in range
 */
export const spread: SimulationModel = (n, seed) =>
  simulate(n, seed, axes(6, 2), ([a = 0, b = 0], noise) => a + ((0.2 + Math.abs(b)) * noise) / 2);

/**
 * f = (x₁x₂ + x₃x₄ + 2 x₁x₂x₃x₄) / √6 on the hypercube {-1, 1}^d, without noise: a polynomial of degree 4
 * whose part of degree 2 carries all four directions. Kernel regression needs some d⁴ samples to predict it,
 * and between d² and d³ to find the directions (arXiv 2605.15082).
 *
 * @param d number of features, from 4
 * @throws {OptionError} for a number that is not whole or out of range
 */
export function hypercube(d: number): SimulationModel {
  checkWhole('d', d, 4);
  return (n, seed) => {
    checkSize(n, seed);
    const x = { data: randomArray(n * d, 'uniform', { seed }, 'float64'), rows: n, columns: d };
    for (let at = 0; at < x.data.length; at++) x.data[at] = (x.data[at] as number) < 0.5 ? -1 : 1;
    const y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const [a = 0, b = 0, c = 0, e = 0] = x.data.subarray(i * d, i * d + 4);
      y[i] = (a * b + c * e + 2 * a * b * c * e) / Math.sqrt(6);
    }
    return { x, y, truth: axes(d, 4) };
  };
}

/**
 * f = (h₁(u) + 2 h₃(u)) / √5 with the orthonormal Hermite polynomials h₁ = u, h₃ = (u³ - 3 u) / √6, of u =
 * xᵀb on the hypercube {-1, 1}^d, b of random signs / √d: one direction, found from some d samples on (arXiv
 * 2605.15082).
 *
 * @param d number of features, from 1
 * @throws {OptionError} for a number that is not whole or out of range
 */
export function hermite(d: number): SimulationModel {
  checkWhole('d', d, 1);
  return (n, seed) => {
    checkSize(n, seed);
    const sign = (value: number): number => (value < 0.5 ? -1 : 1);
    const x = {
      data: randomArray(n * d, 'uniform', { seed }, 'float64').map(sign),
      rows: n,
      columns: d,
    };
    const signs = randomArray(d, 'uniform', { seed, stream: 1 }, 'float64').map(sign);
    const truth = { data: signs.map((value) => value / Math.sqrt(d)), rows: d, columns: 1 };
    const y = Float64Array.from({ length: n }, (_, i) => {
      let u = 0;
      for (let k = 0; k < d; k++) u += (x.data[i * d + k] as number) * (truth.data[k] as number);
      return (u + (2 * (u ** 3 - 3 * u)) / Math.sqrt(6)) / Math.sqrt(5);
    });
    return { x, y, truth };
  };
}

/** Normal features, and a response of their coordinates in the true directions. */
function simulate(
  n: number,
  seed: number,
  truth: HostMatrix,
  response: (coordinates: ArrayLike<number> & Iterable<number>, noise: number, share: number) => number,
): Simulation {
  checkSize(n, seed);
  const { rows: p, columns: r } = truth;
  const key = (stream: number): RandomKey => ({ seed, stream });
  const x = { data: randomArray(n * p, 'normal', key(0), 'float64'), rows: n, columns: p };
  const noise = randomArray(n, 'normal', key(1), 'float64');
  const shares = randomArray(n, 'uniform', key(2), 'float64');
  const coordinates = new Float64Array(r);
  const y = Float64Array.from({ length: n }, (_, i) => {
    coordinates.fill(0);
    for (let k = 0; k < p; k++) {
      for (let j = 0; j < r; j++) {
        const part = (x.data[i * p + k] as number) * (truth.data[k * r + j] as number);
        coordinates[j] = (coordinates[j] as number) + part;
      }
    }
    return response(coordinates, noise[i] as number, shares[i] as number);
  });
  return { x, y, truth };
}

function checkSize(n: number, seed: number): void {
  checkWhole('n', n, 2);
  checkWhole('seed', seed, 0);
  if (n > 2 ** 24) throw new OptionError('n', { requirement: 'be at most 16,777,216', received: n });
}

/** Directions of length 1 as columns. */
function columnsOf(directions: readonly (readonly number[])[]): HostMatrix {
  const p = directions[0]?.length ?? 0;
  const out = zeros(p, directions.length);
  for (const [j, direction] of directions.entries()) {
    const length = Math.hypot(...direction);
    for (const [k, entry] of direction.entries()) out.data[k * directions.length + j] = entry / length;
  }
  return out;
}

/** The first r of p axes. */
function axes(p: number, r: number): HostMatrix {
  const out = zeros(p, r);
  for (let j = 0; j < r; j++) out.data[j * r + j] = 1;
  return out;
}
