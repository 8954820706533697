import { OptionError, randomArray, subkey } from '@agop/core';
import { checkList, checkMembers, checkNumber, checkNumbers } from '@agop/core/options';
import type { KernelDescription } from '@agop/rfm';
import type { Candidate } from './candidate.ts';

/** Values of one dimension of a space. Plain data. */
export type Dimension<T = unknown> =
  /** One value, always. */
  | { readonly value: T }
  /** One of some values, with shares that sum to 1, or equal ones. */
  | { readonly choices: readonly T[]; readonly shares?: readonly number[] }
  /** A number between two, evenly; or evenly on a logarithmic scale. */
  | { readonly from: number; readonly to: number; readonly scale?: 'linear' | 'logarithmic' };

/** Candidates to draw from, dimension by dimension. Plain data: a space of one's own is an object. */
export interface SearchSpace {
  readonly numbers: Dimension<Candidate['numbers']>;
  readonly categories: Dimension<Candidate['categories']>;
  readonly target: Dimension<Candidate['target']>;
  /** `l2`: exp(-(‖x - z‖ / L)^q). `lpq`: exp(-(‖x - z‖_p / L)^q), with p between q and 2. */
  readonly kernel: Dimension<'l2' | 'lpq'>;
  /** L: a length, or a multiple of the median distance, as `bandwidthMode` says. */
  readonly bandwidth: Dimension<number>;
  readonly bandwidthMode: Dimension<Candidate['bandwidthMode']>;
  /** q */
  readonly exponent: Dimension<number>;
  /** Where p lies between q, 0, and 2, 1; for `lpq` alone. */
  readonly norm: Dimension<number>;
  readonly diagonal: Dimension<boolean>;
  readonly iterations: Dimension<number>;
  /** Ridges that are judged together: one list, or one number for a list of its own. */
  readonly ridge: Dimension<number | readonly number[]>;
}

/**
 * Spaces to begin with.
 *
 * - `default`: what the quick choice is made of, wider; all ridges are judged on one kernel matrix.
 * - `xrfm`: the space of xRFM in pytabkit and TabArena (arXiv 2508.10053): constant bandwidth, one ridge.
 * - `xrfm-large`: that of xRFM's authors for large tables.
 */
export const spaces = {
  default: {
    numbers: { choices: ['standard', 'normal ranks', 'uniform ranks'], shares: [0.5, 0.25, 0.25] },
    categories: { choices: ['one-hot', 'ordinal'], shares: [0.75, 0.25] },
    target: { choices: ['none', 'log'], shares: [0.75, 0.25] },
    kernel: { choices: ['l2', 'lpq'] },
    bandwidth: { from: 0.2, to: 5, scale: 'logarithmic' },
    bandwidthMode: { value: 'adaptive' },
    exponent: { from: 0.7, to: 1.6 },
    norm: { choices: [0, 0, 0.3, 0.6], shares: [0.25, 0.25, 0.25, 0.25] },
    diagonal: { choices: [false, true] },
    iterations: { value: 4 },
    ridge: { value: [1e-4, 1e-3, 1e-2, 1e-1, 1, 10] },
  },
  xrfm: {
    numbers: { value: 'standard' },
    categories: { value: 'one-hot' },
    target: { value: 'none' },
    kernel: { choices: ['lpq', 'l2'], shares: [0.8, 0.2] },
    bandwidth: { from: 0.5, to: 200, scale: 'logarithmic' },
    bandwidthMode: { value: 'constant' },
    exponent: { from: 0.7, to: 1.4 },
    norm: { from: 0, to: 0.8 },
    diagonal: { choices: [false, true] },
    iterations: { value: 5 },
    ridge: { from: 1e-6, to: 10, scale: 'logarithmic' },
  },
  'xrfm-large': {
    numbers: { value: 'standard' },
    categories: { choices: ['one-hot', 'ordinal'] },
    target: { value: 'none' },
    kernel: { choices: ['lpq', 'l2'], shares: [0.8, 0.2] },
    bandwidth: { from: 0.4, to: 80, scale: 'logarithmic' },
    bandwidthMode: { choices: ['constant', 'adaptive'] },
    exponent: { from: 0.7, to: 1.3 },
    norm: { from: 0, to: 0.8 },
    diagonal: { choices: [false, true] },
    iterations: { value: 5 },
    ridge: { from: 1e-5, to: 50, scale: 'logarithmic' },
  },
} as const satisfies Readonly<Record<string, SearchSpace>>;

/** Names of the spaces to begin with. */
export type SpaceName = keyof typeof spaces;

/**
 * The candidate of one trial: the same for the same seed and trial, however many are drawn.
 *
 * @throws {OptionError} for a dimension that is none
 */
export function drawCandidate(space: SearchSpace, seed: number, trial: number): Candidate {
  const names = Object.keys(spaces.default) as (keyof SearchSpace)[];
  checkMembers('the space', space, Object.fromEntries(names.map((name) => [name, 'object' as const])));
  const shares = randomArray(names.length, 'uniform', subkey(seed, 'candidates', trial), 'float64');
  const pick = <T>(name: keyof SearchSpace, dimension: Dimension<T>): T | number =>
    pickFrom(name, dimension, shares[names.indexOf(name)] as number);
  const number = (name: 'bandwidth' | 'exponent' | 'norm' | 'iterations'): number => {
    const value = pick(name, space[name]);
    if (Number.isFinite(value)) return value;
    throw new OptionError(`space.${name}`, { requirement: 'give numbers', received: value });
  };
  const ridge = pick('ridge', space.ridge);
  const word = <T>(name: keyof SearchSpace, dimension: Dimension<T>): T => {
    if ('value' in dimension || 'choices' in dimension) return pick(name, dimension) as T;
    throw new OptionError(`space.${name}`, { requirement: 'be a value or choices', received: dimension });
  };
  const q = number('exponent');
  const bandwidth = number('bandwidth');
  const isEuclidean = word('kernel', space.kernel) === 'l2';
  const p = isEuclidean ? 2 : q + (2 - q) * number('norm');
  const kernel: KernelDescription = { name: 'lpq', parameters: { bandwidth, norm: p, exponent: q } };
  return {
    numbers: word('numbers', space.numbers),
    categories: word('categories', space.categories),
    target: word('target', space.target),
    kernel,
    bandwidthMode: word('bandwidthMode', space.bandwidthMode),
    diagonal: word('diagonal', space.diagonal),
    iterations: number('iterations'),
    ridges: typeof ridge === 'number' ? [ridge] : ridge,
  };
}

function pickFrom<T>(name: string, dimension: Dimension<T>, share: number): T | number {
  if ('value' in dimension) return dimension.value;
  if ('choices' in dimension) {
    const { choices } = dimension;
    if (!Array.isArray(choices)) {
      throw new OptionError(`space.${name}`, { requirement: 'have a list of choices', received: choices });
    }
    checkList(`space.${name}`, choices, 'choices', () => true);
    if (dimension.shares !== undefined) checkNumbers(`space.${name}`, dimension.shares);
    const weights = dimension.shares ?? choices.map(() => 1 / choices.length);
    let sum = 0;
    for (const [at, weight] of weights.entries()) {
      sum += weight;
      const chosen = choices[at];
      if (share < sum && chosen !== undefined) return chosen;
    }
    const last = choices.at(-1);
    if (last !== undefined) return last;
  } else {
    const { from, to, scale } = dimension;
    checkNumber(`space.${name}.from`, from);
    checkNumber(`space.${name}.to`, to);
    if (scale !== 'logarithmic' && from <= to) return from + share * (to - from);
    if (from > 0 && from <= to) return from * (to / from) ** share;
  }
  throw new OptionError(`space.${name}`, {
    requirement: 'be { value }, { choices } or { from, to }',
    received: dimension,
  });
}
