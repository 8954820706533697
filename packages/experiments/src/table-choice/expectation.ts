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
  const sizes = sizesOf(training, preprocessor);
  const own = tabularSettings({ backend, tree: { leafRows: usualLeafRows(rows), ...tree } });
  const { leaves, largestLeaf, leafBytes } = expectedFit({ rows, ...sizes }, own);
  const rate = await operationsPerSecond(backend);
  const costOf = (n: number, ridges: number): number => fitCost(n, ridges, sizes);
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

/** Operations of large products take this part of the time of those of trials, about. */
const largeRate = 0.4;
/** Rows up to which settings are judged by folds of all rows, not by a part of them. */
const fewRows = 2000;

/**
 * How many trials of the first round what comes after them is worth: the further rounds, and the fits to all
 * rows. From sizes alone: good enough to tell how long is left.
 */
export function workAfterTrials({ training, preprocessor }: TableChoiceData): number {
  const { rows } = training;
  const sizes = sizesOf(training, preprocessor);
  const [first, second] = trials;
  const leaf = Math.min(rows, usualLeafRows(rows));
  const members = rows > 20_000 ? 1 : rows > 5000 ? 2 : 3;
  const fits =
    (largeRate * members * Math.ceil(rows / leaf) * fitCost(leaf, 1, sizes)) /
    fitCost(Math.min(rows, first.rows), first.ridges, sizes);
  // A trial of few rows fits each of the folds; of many, a second round follows on twice the rows.
  if (rows <= fewRows) return Math.max(0.2, fits / 5);
  return (
    fits + second.count * (fitCost(Math.min(rows, second.rows), 5, sizes) / fitCost(first.rows, 5, sizes))
  );
}

/** Columns of the matrices of a fit. */
function sizesOf(
  training: TableChoiceData['training'],
  preprocessor: TableChoiceData['preprocessor'],
): { readonly features: number; readonly outputs: number } {
  return {
    features: preprocessor.featureNames.length,
    outputs:
      preprocessor.task === 'classification'
        ? new Set(preprocessor.labels(training)).size
        : preprocessor.targetNames.length,
  };
}

/** Operations of a fit in one metric, with so many ridges. */
function fitCost(
  n: number,
  ridges: number,
  { features, outputs }: { readonly features: number; readonly outputs: number },
): number {
  return (ridges * n ** 3) / 3 + n * n * (4 * features + 4 * outputs + 60);
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
