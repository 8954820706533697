import type { Backend } from '@agop/core';
import { expectedFit, tabularSettings, usualLeafRows } from '@agop/tabular';
import type { TableChoiceData } from './data.ts';
import { choiceOptions, type TableChoiceSettings } from './settings.ts';

/** What a fit will take, told beforehand. */
export interface Expectation {
  readonly rows: number;
  readonly leaves: number;
  /** Rows of the largest leaf. */
  readonly leafRows: number;
  /** Bytes that its fit takes; each worker needs as many. */
  readonly leafBytes: number;
  /** Seconds of the choice and the fit together, roughly. */
  readonly seconds: number;
}

/** Fits of a leaf: in each metric, and once more to all rows. */
const fitsOfLeaf = 4;
/** Trials of a quick choice on many rows: so many on the rows of the first round, so many on the second. */
const trials = [
  { count: 6, rows: 1500, ridges: 5 },
  { count: 2, rows: 3000, ridges: 5 },
] as const;

/**
 * What a fit of many rows will take, from sizes and a short measurement of the backend.
 *
 * @param workers how many leaves are fitted at a time
 */
export async function expectationOf(
  settings: TableChoiceSettings,
  { training, preprocessor }: TableChoiceData,
  backend: Backend,
  workers: number,
): Promise<Expectation> {
  const { tree, seconds: limit } = choiceOptions(settings, preprocessor.task);
  const { rows } = training;
  const features = preprocessor.featureNames.length;
  const outputs =
    preprocessor.task === 'classification'
      ? new Set(preprocessor.labels(training)).size
      : preprocessor.targetNames.length;
  const own = tabularSettings({ backend, tree: { leafRows: usualLeafRows(rows), ...tree } });
  const { leaves, largestLeaf, leafBytes } = expectedFit({ rows, features, outputs }, own);
  const rate = await operationsPerSecond(backend);
  const costOf = (n: number, ridges: number): number =>
    (ridges * n ** 3) / 3 + n * n * (4 * features + 4 * outputs + 60);
  const choice =
    limit ??
    trials.reduce(
      (sum, { count, rows: most, ridges }) =>
        sum + (count * fitsOfLeaf * costOf(Math.min(most, rows), ridges)) / rate,
      0,
    );
  const fit = (leaves * fitsOfLeaf * costOf(largestLeaf, 1)) / rate / Math.min(workers, leaves);
  return {
    rows,
    leaves,
    leafRows: largestLeaf,
    leafBytes,
    seconds: limit === undefined ? choice + fit : Math.max(limit, fit),
  };
}

/** Side of the matrices whose product measures the backend. */
const side = 384;

/** Multiplications and additions that a backend does in a second, as measured by one product. */
async function operationsPerSecond(backend: Backend): Promise<number> {
  const values = Float32Array.from({ length: side * side }, (_, at) => Math.sin(at));
  using a = backend.tensor(values, [side, side], 'float32');
  const once = async (): Promise<number> => {
    const started = performance.now();
    using product = backend.matmul(a, a);
    await product.read();
    return (performance.now() - started) / 1000;
  };
  await once();
  const seconds = Math.min(await once(), await once());
  return (2 * side ** 3) / Math.max(seconds, 1e-6);
}
