import { OptionError } from '@agop/core';
import {
  checkChoice,
  checkFlag,
  checkGiven,
  checkNonNegative,
  checkNumber,
  checkObject,
  checkRange,
  checkSteps,
  checkWhole,
} from '@agop/core/options';

/** Along which direction the rows of a node are split at their median. */
export type SplitDirection =
  /** The one along which the predictions of a small RFM on some of the rows vary most over these. */
  | 'variation'
  /** The top eigenvector of the AGOP of a small RFM on some of the rows. */
  | 'agop'
  /** The first principal component. */
  | 'principal'
  | 'random'
  /** The column whose split leaves the least squared deviation of the targets within the halves. */
  | 'column'
  /** Given: one vector [d] for all nodes. */
  | { readonly vector: readonly number[] };

/** How rows become leaves, and how leaves answer together. Plain data. */
export interface TreeSettings {
  readonly split: SplitDirection;
  /** Most training rows of a leaf. */
  readonly leafRows: number;
  /** Most bytes that the fit of one leaf may take: leaves have fewer rows where that asks for it. */
  readonly leafBytes: number;
  /** Most rows that the direction of a split is learned from. */
  readonly splitRows: number;
  /**
   * Updates of the metric of the small RFM, from 0: directions that targets change along most stand out the
   * more. A tree of many splits takes the longer to grow.
   */
  readonly splitIterations: number;
  /** Number of trees, whose outputs are averaged. */
  readonly trees: number;
  /**
   * Fraction of a node's rows, on each side of the split, that go to both halves: from 0, below 0.5. Leaves
   * then know rows beyond their ends, where they answer with others.
   */
  readonly overlap: number;
  /**
   * Nodes of more than 2 `leafRows` rows have less overlap, by the factor (2 `leafRows` / rows) to this
   * power, from 0. With 0 all have the same, and the leaves of a tree of many levels have many times its
   * rows.
   */
  readonly overlapDecay: number;
  /**
   * `hard`: the leaf that a row falls into answers. A number from 0: leaves answer together, weighted by
   * logistic gates of this temperature, in quartile ranges of a node's projections; 0 is hard. `tuned`: the
   * best of `temperatures` on held-out rows.
   */
  readonly routing: 'hard' | 'tuned' | number;
  /** Temperatures that are tried. */
  readonly temperatures: readonly number[];
  /** The leaves that answer for a row have this share of its weights together. */
  readonly keptWeight: number;
  /** Most leaves that answer for a row in a tree. */
  readonly mostLeaves: number;
  /**
   * With `tuned` routing, whether fewer leaves answer where they predict the held-out rows as well: the time
   * of predictions goes with their number.
   */
  readonly fewerLeaves: boolean;
  /** Held-out rows of a leaf are filled up to so many with its training rows, from 0. */
  readonly refillRows: number;
  /** At most this fraction of the training rows of a leaf. */
  readonly refillFraction: number;
  /** Whether a leaf is fitted again on all its rows after they have chosen its iteration. */
  readonly refit: boolean;
}

/** {@link TreeSettings} as they are given: what is left out has a default. */
export type TreeOptions = Partial<TreeSettings>;

const directions = ['variation', 'agop', 'principal', 'random', 'column'] as const;

const defaults: TreeSettings = {
  split: 'variation',
  leafRows: 10_000,
  leafBytes: 2 ** 31,
  splitRows: 2000,
  splitIterations: 0,
  trees: 1,
  overlap: 0.1,
  overlapDecay: 0.5,
  routing: 'tuned',
  // 0, and 20 from 0.025 to 4.5, evenly on a logarithmic scale.
  temperatures: [0, ...Array.from({ length: 20 }, (_, i) => 0.025 * 180 ** (i / 19))],
  keptWeight: 0.99,
  mostLeaves: 12,
  fewerLeaves: false,
  refillRows: 1500,
  refillFraction: 0.2,
  refit: true,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {OptionError} for unknown names and values out of range
 */
export function treeSettings(options: TreeOptions): TreeSettings {
  checkGiven('tree', options, Object.fromEntries(Object.keys(defaults).map((name) => [name, true])));
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: TreeSettings = { ...defaults, ...given };
  const { split, routing, temperatures, overlap } = settings;
  if (typeof split === 'string') checkChoice('split', split, directions);
  else checkVector(checkObject('split', split).vector);
  if (routing !== 'hard' && routing !== 'tuned') checkNonNegative('routing', routing);
  if (!Array.isArray(temperatures) || temperatures.length === 0) {
    throw new OptionError('temperatures', {
      requirement: 'be a list of numbers from 0',
      received: temperatures,
    });
  }
  for (const temperature of temperatures) checkNonNegative('temperatures', temperature);
  if (!(checkNumber('overlap', overlap) >= 0 && overlap < 0.5)) {
    throw new OptionError('overlap', { requirement: 'be a number from 0, below 0.5', received: overlap });
  }
  checkNonNegative('overlapDecay', settings.overlapDecay);
  checkWhole('leafRows', settings.leafRows, 2);
  checkWhole('leafBytes', settings.leafBytes, 2 ** 20);
  checkWhole('splitRows', settings.splitRows, 2);
  checkWhole('splitIterations', settings.splitIterations, 0);
  checkSteps('trees', settings.trees, 1);
  checkRange('keptWeight', settings.keptWeight, 0, 1);
  checkWhole('mostLeaves', settings.mostLeaves, 1);
  checkWhole('refillRows', settings.refillRows, 0);
  checkRange('refillFraction', settings.refillFraction, 0, 0.5);
  checkFlag('refit', settings.refit);
  checkFlag('fewerLeaves', settings.fewerLeaves);
  return settings;
}

function checkVector(vector: readonly number[]): void {
  const isUsable = Array.isArray(vector) && vector.every(Number.isFinite) && vector.some((v) => v !== 0);
  if (!isUsable) {
    throw new OptionError('split', {
      requirement: `be ${directions.map((name) => `'${name}'`).join(', ')}, or { vector } of numbers that are not all 0`,
      received: vector,
    });
  }
}
