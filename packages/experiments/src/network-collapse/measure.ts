import { classStatistics, collapseMetrics, nc3 } from '@agop/deep-rfm';
import { argmaxRows, type Label, type ShapedArray } from '@agop/estimators';
import { type DenseNetwork, layerMaps, networkAlignment } from '@agop/nfa/network';
import type { LabelledRows } from '../collapse/data.ts';
import { shareInMeans } from './class-means.ts';
import type { CollapsedLayer, MapNumbers, NetworkMeasures } from './result.ts';

/**
 * Shares are not told where NC1 falls by less than this, in natural logarithms: late layers change nothing.
 */
const leastFall = 0.02;

/**
 * How far classes have collapsed at each hidden layer of a network, and by what.
 *
 * @param initial the network before training
 * @param classes in the order of the outputs
 */
export async function measureNetwork(
  network: DenseNetwork,
  initial: DenseNetwork,
  { x, y }: LabelledRows,
  classes: readonly Label[],
  signal: AbortSignal | undefined,
): Promise<NetworkMeasures> {
  const passes = signal ? { signal } : {};
  const alignment = await networkAlignment(network, initial, x, passes);
  const layers: CollapsedLayer[] = [];
  let last: ShapedArray = { data: x.data, shape: x.shape };
  for (const [i, maps] of (await layerMaps(network, x, passes)).entries()) {
    const measured = {
      none: await collapseMetrics(maps.none, y, { classes }),
      right: await collapseMetrics(maps.right, y, { classes }),
      left: await collapseMetrics(maps.left, y, { classes }),
      gradient: await collapseMetrics(maps.gradient, y, { classes }),
    };
    const each = (of: (metrics: (typeof measured)['none']) => number): MapNumbers => ({
      none: of(measured.none),
      right: of(measured.right),
      left: of(measured.left),
      gradient: of(measured.gradient),
    });
    const nc1 = each((metrics) => metrics.nc1.ratio);
    const { uncentered, centered } = alignment[i] as (typeof alignment)[number];
    const weights = network.layers[i]?.weights;
    if (!weights) throw new TypeError('maps are those of the layers');
    layers.push({
      layer: i + 1,
      nc1,
      nc2: each((metrics) => metrics.nc2.distance),
      nc3: 1 - (await shareInMeans(maps.none, y, classes, weights)),
      share: shareOf(nc1),
      ...(await scatterShares(maps.left, y, classes, nc1.left)),
      nfa: { plain: uncentered.pearson, root: uncentered.root?.pearson ?? Number.NaN },
      centeredNfa: centered?.pearson ?? null,
    });
    last = maps.left;
  }
  const outputs = network.layers.at(-1)?.weights;
  if (!outputs) throw new TypeError('a network has layers');
  const { data } = await network.predict(x);
  const found = argmaxRows(data, classes.length);
  return {
    layers,
    outputNc3: await nc3(last, y, outputs, { classes }),
    accuracy:
      y.reduce((sum: number, label, i) => sum + (classes[found[i] as number] === label ? 1 : 0), 0) /
      y.length,
  };
}

/**
 * The part of the fall of ln NC1 in a layer that its singular values and right singular vectors account for;
 * null where it hardly falls. May be above 1, where the activation undoes some of it, or negative.
 */
export function shareOf({ none, right, left }: MapNumbers): number | null {
  const whole = Math.log(none) - Math.log(left);
  return Math.abs(whole) < leastFall ? null : (Math.log(none) - Math.log(right)) / whole;
}

/** tr Σ_B / tr Σ_T and tr Σ_W / tr Σ_T, Σ_T being the scatter about the mean of the class means. */
export async function scatterShares(
  features: ShapedArray,
  labels: readonly Label[],
  classes: readonly Label[],
  nc1: number,
): Promise<{ readonly between: number; readonly within: number }> {
  const { centered, counts, features: d } = await classStatistics(features, labels, { classes });
  const squares = Array.from(counts, (_, c) => squareOf(centered.subarray(c * d, (c + 1) * d)));
  const between = squares.reduce((sum, square) => sum + square, 0) / counts.length;
  const within = nc1 * between;
  const total =
    within + squares.reduce((sum, square, c) => sum + ((counts[c] as number) / labels.length) * square, 0);
  return { between: between / total, within: within / total };
}

function squareOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
