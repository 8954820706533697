import { type Backend, chooseDType, type FloatDType, Scope, type Tensor } from '@agop/core';
import { checkGiven, checkNumber } from '@agop/core/options';
import { fitKernelMachine, fullMetric, gaussian, type Kernel, matrixPower } from '@agop/rfm';
import { measureOutputs, type OutputMeasures } from '../run/measures.ts';
import { checkTask, type ModularTask } from '../tasks/task.ts';
import { blockCirculantMetric, randomCirculantRow } from './block-metric.ts';

/** What {@link fitCirculantFeatures} needs. */
export interface CirculantFeaturesOptions {
  readonly backend: Backend;
  /** A task with one of + - * /. */
  readonly task: ModularTask;
  /** Wrapped diagonals of the circulant block, [p] or, for * and /, [p - 1]. Default random. */
  readonly row?: ArrayLike<number>;
  /** Seed of the random row. Default 0. */
  readonly seed?: number;
  /** Default the Gaussian kernel with bandwidth 2.5. */
  readonly kernel?: Kernel;
  /** Default 0. */
  readonly ridge?: number;
  /** Default 'float64' where the backend has it, else its own preference. */
  readonly dtype?: FloatDType;
}

const names: Readonly<Record<keyof CirculantFeaturesOptions, boolean>> = {
  backend: true,
  task: true,
  row: true,
  seed: true,
  kernel: true,
  ridge: true,
  dtype: true,
};

/** A kernel machine's results in a metric that nobody trained. */
export interface CirculantFeaturesResult {
  readonly train: OutputMeasures;
  readonly test: OutputMeasures;
  /** The block-circulant matrix W, row-major [2p, 2p]. */
  readonly blockMetric: Float64Array;
  /** The metric of the fit, the root of W with negative eigenvalues as 0, row-major [2p, 2p]. */
  readonly metric: Float64Array;
  /** Outputs on the test pairs, row-major [m, p]. */
  readonly testOutputs: Float64Array;
}

/**
 * Fits one kernel machine in the root of a random block-circulant metric: that structure alone, without any
 * learning of features, lets a kernel machine answer pairs that it has not seen.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), section 3, "Random circulant features".
 *
 * @throws {OptionError} for a task that is not one of + - * /, a p that is not prime for * and /, or a dtype
 *   that the
 * backend lacks
 * @throws {ShapeError} for a row of another length
 * @throws {NotPositiveDefiniteError} if the kernel matrix is not numerically positive definite
 */
export async function fitCirculantFeatures(
  options: CirculantFeaturesOptions,
): Promise<CirculantFeaturesResult> {
  checkGiven('fitCirculantFeatures()', options, names);
  const { backend, task, kernel = gaussian({ bandwidth: 2.5 }), ridge = 0 } = options;
  checkTask(task);
  const dtype = chooseDType(backend, options.dtype, 'float64');
  const { p, train, test, columns } = task;
  const operation = task.operations[0] as ModularTask['operations'][number];
  const row = options.row ?? randomCirculantRow(operation, p, options.seed ?? 0);
  for (let i = 0; i < row.length; i++) checkNumber(`row[${i}]`, row[i] as number);
  const blockMetric = blockCirculantMetric(operation, p, row);

  using scope = new Scope(backend);
  const { ops } = scope;
  const root = await matrixPower(ops, ops.tensor(blockMetric, [columns, columns], dtype), 0.5);
  const x = ops.tensor(train.inputs, [train.size, columns], dtype);
  const y = ops.tensor(train.targets, [train.size, p], dtype);
  const xTest = ops.tensor(test.inputs, [test.size, columns], dtype);
  using machine = await fitKernelMachine({ backend, kernel, metric: fullMetric(root), x, y, ridge });
  const read = async (tensor: Tensor): Promise<Float64Array> => Float64Array.from(await tensor.read());
  const trainOutputs = await read(scope.own(machine.predict(x)));
  const testOutputs = await read(scope.own(machine.predict(xTest)));
  return {
    train: measureOutputs(trainOutputs, train.labels, p),
    test: measureOutputs(testOutputs, test.labels, p),
    blockMetric,
    metric: await read(root),
    testOutputs,
  };
}
