import type { Backend } from '@agop/core';
import {
  compareLayer,
  type LayerComparison,
  layerUse,
  type MeasuredLayer,
  type WeightMatrix,
} from '@agop/nfa/features';
import type { DescribedLayer } from './result.ts';

/** How layers are described. */
export interface DescribeOptions {
  readonly backend: Backend;
  readonly controls: number;
  readonly seed: number;
  /** Share of the trace that counted directions have. */
  readonly spectrum: number;
}

/** A layer, what is known of it already, and what its inputs are. */
export interface LayerToDescribe {
  readonly layer: MeasuredLayer;
  /** A comparison that was made already; by default it is made here. */
  readonly comparison?: LayerComparison;
  readonly initialWeights?: WeightMatrix | undefined;
  /** Names of the inputs. Default: their numbers. */
  readonly inputNames?: readonly string[] | undefined;
  /** What the shares of inputs are multiplied by: their variances. Default: nothing. */
  readonly variances?: ArrayLike<number> | undefined;
}

/** Inputs and directions that are named. */
const [shownInputs, shownDirections, shownEntries, shownSpectrum] = [10, 3, 6, 32];

/** What a layer does with its inputs, and how far the ansatz holds there. */
export async function describeLayer(
  { layer, comparison, initialWeights, inputNames, variances }: LayerToDescribe,
  { backend, controls, seed, spectrum }: DescribeOptions,
): Promise<DescribedLayer> {
  const compared =
    comparison ??
    (await compareLayer(backend, layer, { controls, seed, ...(initialWeights && { initialWeights }) }));
  const use = await layerUse(backend, layer, shownDirections);
  const nameOf = (index: number): string => inputNames?.[index] ?? `input ${index + 1}`;
  const weighted = Float64Array.from(use.inputShares, (share, j) => share * (variances?.[j] ?? 1));
  const total = weighted.reduce((sum, value) => sum + value, 0);
  let left = spectrum;
  const enough = use.directionShares.findIndex((share) => {
    left -= share;
    return left <= 1e-12;
  });
  const { correlations, rotated, random, change, units, inputs } = compared;
  return {
    name: layer.name,
    units,
    inputs,
    correlations,
    rotated,
    random,
    // Weights that have not moved have no direction to compare.
    change: change && change.relative > 0 ? change : null,
    effectiveDimension: use.effectiveDimension,
    directionCount: enough < 0 ? use.directionShares.length : enough + 1,
    spectrum: Array.from(use.directionShares.subarray(0, shownSpectrum)),
    byVariance: variances !== undefined,
    topInputs: largest(weighted, shownInputs).map((index) => ({
      name: nameOf(index),
      value: total > 0 ? (weighted[index] as number) / total : 0,
    })),
    directions: use.directions.map((direction, k) => ({
      share: use.directionShares[k] as number,
      entries: largest(direction, shownEntries).map((index) => ({
        name: nameOf(index),
        value: direction[index] as number,
      })),
    })),
  };
}

/** Indices of the entries of largest size. */
function largest(values: Float64Array, most: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number))
    .slice(0, most);
}
