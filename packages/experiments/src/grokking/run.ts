import { chooseDType, say } from '@agop/core';
import {
  checkGrokkingMemory,
  type GrokkingIteration,
  type GrokkingResult,
  modularTask,
  modularTaskSizes,
  runGrokking,
} from '@agop/grokking';
import { fourierContent, isPrime, tableOutputs } from '@agop/grokking/analysis';
import { gaussian, type Kernel, laplace, quadratic } from '@agop/rfm';
import type { RunContext } from '../experiment.ts';
import { beyondChance, operationRecords } from './chance.ts';
import type { Course, GrokkingRunResult, Iteration } from './result.ts';
import { checkGrokkingSettings, type GrokkingSettings, iterationsOf, shownIterations } from './settings.ts';
import { endedBefore, explainSingularFit } from './singular-fit.ts';

/** After each iteration. Its alignment with the last one is not known yet. */
export interface GrokkingEvent extends Course {
  readonly last: Iteration;
  /** The metric that the last fit has made for the next one, row-major [columns, columns]. */
  readonly metric: Float64Array;
  /** Fits that the run is to have. */
  readonly planned: number;
  /** Seconds left, as far as one can tell; 0 after the last iteration. */
  readonly secondsLeft: number;
}

/**
 * Runs a Recursive Feature Machine on modular arithmetic.
 *
 * @throws {OptionError} for settings that do not go together, or a task that there is not
 * @throws {OutOfMemoryError} beforehand, if the run needs more memory than there is
 * @throws {AgopError} saying what to do, where a kernel matrix is singular before anything is learned
 * @throws {AbortedError} through `signal`
 */
export async function runGrokkingExperiment(
  settings: GrokkingSettings,
  { backend, signal, onEvent, freeHostBytes, naming }: RunContext<GrokkingEvent>,
): Promise<GrokkingRunResult> {
  checkGrokkingSettings(settings);
  const { ridge, seed, p, fraction } = settings;
  const iterations = iterationsOf(settings);
  const kernel = kernelOf(settings);
  const dtype = chooseDType(backend, settings.dtype, 'float64');
  const fitted = { kernel, ridge, dtype };
  const options = { backend, ...fitted, iterations, ...(signal && { signal }) };
  const [first = '+', second] = settings.op;
  const taskOptions = {
    operation: second === undefined ? first : ([first, second] as const),
    p,
    fraction,
    seed,
  };
  // Tables alone may take minutes and more memory than there is.
  checkGrokkingMemory({
    ...options,
    sizes: modularTaskSizes(taskOptions),
    ...(freeHostBytes !== undefined && { freeHostBytes }),
  });
  const task = modularTask(taskOptions);
  const operations = operationRecords(task);
  const soFar: Iteration[] = [];
  const explain = (error: unknown): unknown => explainSingularFit(error, fitted);
  const run = await runGrokking({
    ...options,
    task,
    onIteration: (measures, { nextMetric: metric }) => {
      const last = withoutTime(measures);
      soFar.push(last);
      const secondsLeft = (measures.seconds / soFar.length) * (iterations + 1 - soFar.length);
      onEvent?.({
        p: task.p,
        operations,
        iterations: soFar,
        last,
        metric,
        planned: iterations + 1,
        secondsLeft,
      });
    },
  }).catch((error) => {
    throw explain(error);
  });
  const risen = beyondChance(operations);
  // Where nothing was learned until then, an early end is an error.
  if (run.endedBy && run.iterations.every(({ testAccuracy }) => testAccuracy <= risen)) {
    throw explain(run.endedBy);
  }
  const chosen = shownIterations(settings) ?? telling(run.iterations, risen);
  return {
    experiment: 'grokking',
    version: 1,
    summary: {
      operations: operations.map(({ formula }) => formula),
      p: task.p,
      fraction: task.fraction,
      trainingPairs: task.train.size,
      testPairs: task.test.size,
      kernel: { name: kernel.name, parameters: kernel.parameters },
      ridge,
      seed,
      backend: backend.name,
      device: backend.device.description,
      dtype,
      iterations: run.iterations.map(withoutTime),
      grokked: run.iterations.find(({ testAccuracy }) => testAccuracy === 1)?.iteration ?? null,
      ...(run.endedBy && { endedEarly: say(endedBefore(run.iterations.length, fitted), naming) }),
      seconds: run.seconds,
    },
    operations,
    metrics: chosen.flatMap((iteration) => {
      const metric = run.nextMetrics[iteration];
      return metric ? [{ iteration, data: Array.from(metric) }] : [];
    }),
    columns: task.columns,
    fourierShare: fourierShare(run),
  };
}

function kernelOf({ kernel, bandwidth = 2.5 }: GrokkingSettings): Kernel {
  if (kernel === 'quadratic') return quadratic();
  return (kernel === 'laplace' ? laplace : gaussian)({ bandwidth });
}

function withoutTime({ seconds: _, operations, ...measures }: GrokkingIteration): Iteration {
  return { ...measures, ...(operations && { operations: [...operations] }) };
}

/** The first iteration, the last one before the accuracy rises, the middle of the rise, the last one. */
function telling(iterations: readonly GrokkingIteration[], risen: number): number[] {
  const first = (accuracy: number): number =>
    iterations.findIndex(({ testAccuracy }) => testAccuracy >= accuracy);
  const chosen = [0, first(risen) - 1, first(0.5), iterations.length - 1];
  return [...new Set(chosen.filter((i) => i >= 0))];
}

/** Only one of + - * / whose pairs make up the whole table can be compared with the algorithm. */
function fourierShare({ task, last }: GrokkingResult): number | null {
  const [operation, ...more] = task.operations;
  if (!operation?.structure || more.length > 0) return null;
  if (operation.structure.group === 'multiplicative' && !isPrime(task.p)) return null;
  if (task.train.size + task.test.size !== task.p * (operation.divides ? task.p - 1 : task.p)) return null;
  return fourierContent(tableOutputs(task, last), operation, task.p).share;
}
