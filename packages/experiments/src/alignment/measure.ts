import { argmaxRows } from '@agop/estimators';
import { type DenseNetwork, type NetworkLayerAlignment, networkFeatures } from '@agop/nfa/network';
import type { AlignmentData, Samples } from './data.ts';
import type { AlignedLayer, AlignmentRun } from './result.ts';

/** A layer as a result has it. */
export function alignedLayer({
  layer,
  uncentered,
  centered,
  relativeChange,
  parts,
}: NetworkLayerAlignment): AlignedLayer {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return {
    layer: layer + 1,
    uc: uncentered.pearson,
    ucRoot: uncentered.root?.pearson ?? Number.NaN,
    c: centered?.pearson ?? null,
    relativeChange,
    parts: Array.from(parts, (part) => part / whole),
  };
}

/** Accuracy where there are classes, else the squared error over the variance. */
export async function scoresOf(
  network: DenseNetwork,
  { train, test }: AlignmentData,
): Promise<AlignmentRun['score']> {
  return { train: await scoreOf(network, train), test: await scoreOf(network, test) };
}

async function scoreOf(network: DenseNetwork, { x, y, labels }: Samples): Promise<number> {
  const { data, shape } = await network.predict(x);
  if (labels) {
    const found = argmaxRows(data, shape[1] as number);
    return found.reduce((sum, label, i) => sum + (label === labels[i] ? 1 : 0), 0) / labels.length;
  }
  const n = y.data.length;
  let [mean, error, variance] = [0, 0, 0];
  for (let i = 0; i < n; i++) mean += (y.data[i] as number) / n;
  for (let i = 0; i < n; i++) {
    error += ((data[i] as number) - (y.data[i] as number)) ** 2;
    variance += ((y.data[i] as number) - mean) ** 2;
  }
  return error / variance;
}

/** Shares of the traces of the first layer's WᵀW and AGOP on some inputs. */
export async function sharesOf(
  network: DenseNetwork,
  { train, relevant = [] }: AlignmentData,
): Promise<{ readonly nfmShare: number; readonly agopShare: number }> {
  const [first] = await networkFeatures(network, train.x, { layers: [0] });
  if (!first) throw new TypeError('a network has a first layer');
  const share = ({ data, shape: [order] }: (typeof first)['nfm']): number => {
    const diagonal = Array.from({ length: order }, (_, i) => data[i * (order + 1)] as number);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return sum(relevant.map((i) => diagonal[i] as number)) / sum(diagonal);
  };
  return { nfmShare: share(first.nfm), agopShare: share(first.agop) };
}
