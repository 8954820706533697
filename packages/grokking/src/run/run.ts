import { type AgopError, type Backend, Scope, type Tensor } from '@agop/core';
import { checkCallback, checkObject } from '@agop/core/options';
import {
  cosineSimilarity,
  isNumericalFailure,
  kernelMatrix,
  nonzerosOf,
  type RFMStep,
  recursiveFeatureMachine,
} from '@agop/rfm';
import { structureDeviation } from '../structure/deviation.ts';
import type { GrokkingSizes, ModularTask } from '../tasks/task.ts';
import { checkGrokkingMemory } from './check-memory.ts';
import type { EigenvalueRange, GrokkingIteration, GrokkingStep } from './iteration.ts';
import { measureTask, type TaskMeasures } from './measures.ts';
import { type GrokkingOptions, type ResolvedOptions, resolveOptions } from './options.ts';

/**
 * Runs a Recursive Feature Machine on a modular arithmetic task, iteration by iteration: fit kernel
 * regression without ridge, measure, make the root of the AGOP the next metric. Yields after each fit; the
 * alignment with the last AGOP is known only at the end, see {@link runGrokking}.
 *
 * No tensor outlives a step; leaving the loop early frees everything.
 * Source: Mallinar, Beaglehole, Zhu, Radhakrishnan, Pandit, Belkin 2025 (arXiv 2407.20199), algorithm 1 and
 * section 3.
 *
 * @throws {OptionError} for an option out of range
 * @throws {OutOfMemoryError} beforehand, if the run needs more memory than there is
 * @throws {NotPositiveDefiniteError} if a kernel matrix is not numerically positive definite
 * @throws {ConvergenceError} if an AGOP is not finite, and so has no root
 * @throws {AbortedError} through `signal`
 */
export async function* grokkingSteps(
  options: GrokkingOptions,
): AsyncGenerator<GrokkingStep, void, undefined> {
  const resolved = resolveOptions(options);
  const { backend, task, dtype } = resolved;
  checkGrokkingMemory({ ...resolved, sizes: sizesOf(task) });
  const started = performance.now();
  using scope = new Scope(backend);
  const { ops } = scope;
  const xTrain = ops.tensor(task.train.inputs, [task.train.size, task.columns], dtype);
  const xTest = ops.tensor(task.test.inputs, [task.test.size, task.columns], dtype);
  const y = ops.tensor(task.train.targets, [task.train.size, task.p], dtype);

  const loop = recursiveFeatureMachine({
    backend,
    kernel: resolved.kernel,
    x: xTrain,
    y,
    nonzeros: nonzerosOf(task.train.inputs, [task.train.size, task.columns]),
    iterations: resolved.iterations,
    ridge: resolved.ridge,
    power: resolved.power,
    centering: resolved.centering,
    normalization: 'none',
    signal: resolved.signal,
  });
  for await (const step of loop) {
    const kernelEigenvalues = resolved.kernelEigenvalues
      ? await eigenvalueRange(resolved, step, xTrain)
      : undefined;
    const trainOutputs = await predict(step, xTrain);
    const testOutputs = await predict(step, xTest);
    const agop = await read(await step.agop());
    const next = await step.nextMetric();
    if (next.kind === 'identity') throw new TypeError('an update always has a tensor');
    const nextMetric = await read(next.tensor);
    const measures: GrokkingIteration = {
      iteration: step.iteration,
      ...measuresOf(task, { trainOutputs, testOutputs }, agop),
      circulantDeviation: structureDeviation(task, agop),
      alignment: null,
      ...(kernelEigenvalues && { kernelEigenvalues }),
      seconds: (performance.now() - started) / 1000,
    };
    yield { measures, agop, nextMetric, trainOutputs, testOutputs };
  }
}

/** A whole run. */
export interface GrokkingResult {
  readonly task: ModularTask;
  /** With alignment. */
  readonly iterations: readonly GrokkingIteration[];
  /** The AGOP after each fit, row-major [d, d]. */
  readonly agops: readonly Float64Array[];
  /** The metric that each fit made for the next one, row-major [d, d]. */
  readonly nextMetrics: readonly Float64Array[];
  /** The last step. */
  readonly last: GrokkingStep;
  /** Duration of the run. */
  readonly seconds: number;
  /**
   * What ended the run before its last iteration: a fit that failed numerically. Without ridge that comes to
   * pass where a metric has learned so well that training pairs of the same answer are the same point to it.
   * The iterations before it stand.
   */
  readonly endedBy?: AgopError;
}

/** What {@link runGrokking} needs. */
export interface RunGrokkingOptions extends GrokkingOptions {
  /**
   * Called after each iteration, before its alignment is known; with the arrays behind its measures. A
   * promise is waited for; an error ends the run.
   */
  readonly onIteration?: (iteration: GrokkingIteration, step: GrokkingStep) => void;
}

/**
 * Runs {@link grokkingSteps} to the end and adds to each iteration the alignment of its AGOP with the last
 * one. If a fit after the first fails numerically, it ends there: see `endedBy`.
 *
 * @throws what {@link grokkingSteps} throws otherwise
 *
 * @example
 * const task = modularTask({ operation: '+', p: 61, fraction: 0.5 });
 * const { iterations } = await runGrokking({ backend, task });
 * iterations.at(-1)?.testAccuracy; // 1
 */
export async function runGrokking(options: RunGrokkingOptions): Promise<GrokkingResult> {
  checkObject('grokking', options);
  checkCallback('onIteration', options.onIteration);
  const started = performance.now();
  const measured: GrokkingIteration[] = [];
  const agops: Float64Array[] = [];
  const nextMetrics: Float64Array[] = [];
  let last: GrokkingStep | undefined;
  let endedBy: GrokkingResult['endedBy'];
  try {
    for await (const step of grokkingSteps(options)) {
      measured.push(step.measures);
      agops.push(step.agop);
      nextMetrics.push(step.nextMetric);
      last = step;
      await options.onIteration?.(step.measures, step);
    }
  } catch (error) {
    if (!last || !isNumericalFailure(error)) throw error;
    endedBy = error;
  }
  if (!last) throw new TypeError('a run has at least one iteration');
  const final = last.agop;
  return {
    task: options.task,
    iterations: measured.map((iteration, i) => ({
      ...iteration,
      alignment: cosineSimilarity(agops[i] as Float64Array, final),
    })),
    agops,
    nextMetrics,
    last,
    seconds: (performance.now() - started) / 1000,
    ...(endedBy && { endedBy }),
  };
}

function sizesOf({ train, test, columns, p }: ModularTask): GrokkingSizes {
  return { trainSize: train.size, testSize: test.size, columns, p };
}

async function predict(step: RFMStep, x: Tensor): Promise<Float64Array> {
  using outputs = step.machine.predict(x);
  return await read(outputs);
}

async function read(tensor: Tensor): Promise<Float64Array> {
  const elements = await tensor.read();
  return elements instanceof Float64Array ? elements : Float64Array.from(elements);
}

function measuresOf(
  task: ModularTask,
  outputs: Pick<GrokkingStep, 'trainOutputs' | 'testOutputs'>,
  agop: Float64Array,
): TaskMeasures & Pick<GrokkingIteration, 'operations'> {
  const all = measureTask(task, outputs);
  if (task.operations.length === 1) return all;
  const operations = task.operations.map(({ name }, index) => ({
    operation: name,
    ...measureTask(task, outputs, index),
    circulantDeviation: structureDeviation(task, agop, undefined, index),
  }));
  return { ...all, operations };
}

async function eigenvalueRange(
  { backend, kernel }: { backend: Backend; kernel: ResolvedOptions['kernel'] },
  step: RFMStep,
  x: Tensor,
): Promise<EigenvalueRange> {
  using scope = new Scope(backend);
  const matrix = kernelMatrix(scope.ops, kernel, x, x, step.metric);
  const { values } = await scope.ops.eigh(matrix);
  const ascending = await values.read();
  return { smallest: ascending[0] as number, largest: ascending.at(-1) as number };
}
