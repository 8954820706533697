import { type Backend, checkBackend, Scope, ShapeError, type Tensor } from '@agop/core';
import { checkMembers, checkWhole } from '@agop/core/options';
import { randomRotation, randomWeights } from './controls.ts';
import { type Correlations, correlate } from './correlate.ts';
import { checkLayer, checkMatrix, type MeasuredLayer, upload, type WeightMatrix } from './measured-layer.ts';

/** Options of {@link compareLayer}. */
export interface CompareLayerOptions {
  /** The weights before training W_0 [units, inputs], to look at D = W − W_0 as well. Default none. */
  readonly initialWeights?: WeightMatrix;
  /**
   * Random rotations, and random weights, that a control is the mean of; 0 for no controls. At most 10,000;
   * default 3.
   */
  readonly controls?: number;
  /** Seed of the controls. Default 0. */
  readonly seed?: number;
}

/** How far the ansatz WᵀW ∝ AGOP^α holds at a layer, and what it would be without training. */
export interface LayerComparison {
  readonly name: string;
  readonly units: number;
  readonly inputs: number;
  /** WᵀW with WᵀKW and its root. */
  readonly correlations: Correlations;
  /** The same with K of gradients less their mean; null where that is not given. */
  readonly centered: Correlations | null;
  /**
   * With the rows of W rotated at random, W → QW: WᵀW stays, the AGOP becomes WᵀQᵀKQW. The part of a
   * correlation that is above this is what units and gradients have to do with each other. Null without
   * controls.
   */
  readonly rotated: Correlations | null;
  /** With independent normal weights and the same K. Null without controls. */
  readonly random: Correlations | null;
  /** Of what training changed, D = W − W_0. Null without initial weights. */
  readonly change: {
    /** DᵀD with WᵀKW and its root. */
    readonly correlations: Correlations;
    /** C-NFA: DᵀD with DᵀKD and its root. */
    readonly own: Correlations;
    /** ‖D‖ / ‖W‖. */
    readonly relative: number;
  } | null;
}

/** More draws say nothing more. */
export const mostControls = 10_000;

/**
 * Compares the neural feature matrix of a layer with its AGOP, without making either where W has fewer rows
 * than columns.
 * A high correlation says little by itself, as random weights have one: compare it with the controls.
 *
 * @throws {ShapeError} if weights and covariances do not fit together
 * @throws {ValueError} for numbers that are not finite
 * @throws {OptionError} for anything but a backend, a layer and such options, and for controls that are
 *   not a whole number from 0 to 10,000, and a seed that is not one from 0
 */
export async function compareLayer(
  backend: Backend,
  layer: MeasuredLayer,
  options: CompareLayerOptions = {},
): Promise<LayerComparison> {
  checkBackend(backend);
  checkMembers('compareLayer()', options, {
    initialWeights: 'object?',
    controls: 'number?',
    seed: 'number?',
  });
  const { initialWeights, controls = 3, seed = 0 } = options;
  checkWhole('controls', controls, 0, mostControls);
  checkWhole('seed', seed, 0);
  checkLayer(layer);
  const { name, weights, covariance, centeredCovariance } = layer;
  const [units, inputs] = weights.shape;
  using scope = new Scope(backend);
  const { ops } = scope;
  const [w, k] = [upload(ops, weights), upload(ops, covariance)];
  const centered = centeredCovariance && upload(ops, centeredCovariance);
  return {
    name,
    units,
    inputs,
    correlations: await correlating(ops, w, w, k),
    centered: centered ? await correlating(ops, w, w, centered) : null,
    rotated: await meanOf(controls, async (draw) => {
      using inner = new Scope(ops);
      const q = await randomRotation(inner.ops, units, seed, draw);
      return await correlate(
        inner.ops,
        w,
        w,
        inner.ops.matmul(q, inner.ops.matmul(k, q), { transposeA: true }),
      );
    }),
    random: await meanOf(controls, async (draw) => {
      using inner = new Scope(ops);
      const other = randomWeights(inner.ops, [units, inputs], seed, draw);
      return await correlate(inner.ops, other, other, k);
    }),
    change: initialWeights ? await changeOf(ops, layer, initialWeights) : null,
  };
}

async function changeOf(
  backend: Backend,
  { name, weights, covariance }: MeasuredLayer,
  initial: WeightMatrix,
): Promise<LayerComparison['change']> {
  checkMatrix(name, 'initial weights', initial);
  if (initial.shape.join() !== weights.shape.join()) {
    throw new ShapeError(
      `The initial weights of layer '${name}' must be [${weights.shape.join(', ')}], but are [${initial.shape.join(', ')}].`,
    );
  }
  const difference = Float64Array.from(weights.data, (value, i) => value - (initial.data[i] as number));
  using scope = new Scope(backend);
  const { ops } = scope;
  const [w, k] = [upload(ops, weights), upload(ops, covariance)];
  const d = upload(ops, { data: difference, shape: weights.shape });
  return {
    correlations: await correlating(ops, d, w, k),
    own: await correlating(ops, d, d, k),
    relative: norm(difference) / norm(weights.data),
  };
}

async function correlating(backend: Backend, a: Tensor, w: Tensor, k: Tensor): Promise<Correlations> {
  using scope = new Scope(backend);
  return await correlate(scope.ops, a, w, k);
}

async function meanOf(
  count: number,
  draw: (index: number) => Promise<Correlations>,
): Promise<Correlations | null> {
  if (count === 0) return null;
  const drawn: Correlations[] = [];
  for (let index = 0; index < count; index++) drawn.push(await draw(index));
  const mean = (of: keyof Correlations): number =>
    drawn.reduce((sum, one) => sum + one[of], 0) / drawn.length;
  return {
    cosine: mean('cosine'),
    pearson: mean('pearson'),
    rootCosine: mean('rootCosine'),
    rootPearson: mean('rootPearson'),
  };
}

function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}
