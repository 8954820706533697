import { Scope, type Tensor, type TypedArray, ValueError } from '@agop/core';
import { type IterationEvent, type IterationRecord, type Rows, uploadRows } from '@agop/estimators';
import { recursiveFeatureMachine } from '../loop/recursive-feature-machine.ts';
import type { KernelMachine } from '../machine/kernel-machine.ts';
import { disposeMetric, type Metric } from '../metric/metric.ts';
import type { EstimatorSettings, HostMetric } from './options.ts';

/** How iterations are compared on validation data. */
export interface Selection {
  readonly metric: string;
  readonly better: 'higher' | 'lower';
  readonly x: Rows;
  /** The metric of predictions [n, c], row-major. */
  readonly score: (predictions: TypedArray) => number;
}

/** One fit of an estimator. */
export interface TrainingTask {
  readonly x: Rows;
  /** Targets [n, outputs], row-major. */
  readonly targets: ArrayLike<number>;
  readonly outputs: number;
  /** Name of the metric that events carry. */
  readonly metric: string;
  readonly selection: Selection | undefined;
  readonly onIteration: ((event: IterationEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A trained machine with everything that it stands on; owns its tensors. */
export interface Trained {
  readonly machine: KernelMachine;
  readonly centers: Tensor;
  /** The iteration that was kept. */
  readonly best: number;
  readonly history: readonly IterationRecord[];
  /** The metric of each iteration, if they were to be kept. */
  readonly metrics: readonly HostMetric[] | undefined;
  dispose(): void;
}

/** Runs the loop and keeps the best iteration on validation data, or the last one. */
export async function train(settings: EstimatorSettings, task: TrainingTask): Promise<Trained> {
  const { backend, dtype, iterations } = settings;
  const started = performance.now();
  using scope = new Scope(backend);
  const x = scope.own(uploadRows(backend, task.x, dtype, 'X'));
  const y = scope.own(backend.tensor(task.targets, [task.x.rows, task.outputs], dtype));
  const selection = task.selection;
  const held = selection && scope.own(uploadRows(backend, selection.x, dtype, 'validation X'));
  const history: IterationRecord[] = [];
  const metrics: HostMetric[] = [];
  let kept: { readonly machine: KernelMachine; readonly metric: Metric } | undefined;
  let best = 0;
  try {
    const { signal } = task;
    for await (const step of recursiveFeatureMachine({ ...settings, x, y, ...(signal && { signal }) })) {
      const { iteration } = step;
      if (settings.keepMetrics) metrics.push(await metricOnHost(step.metric, task.x.columns));
      const value = selection && held ? await score(step.machine, held, selection) : undefined;
      history.push({ iteration, metric: task.metric, value });
      const isBest = iteration === 0 || isBetter(value, history[best]?.value, selection);
      if (isBest && (selection || iteration === iterations)) {
        if (kept) release(kept);
        kept = step.take();
      }
      if (isBest) best = iteration;
      const seconds = (performance.now() - started) / 1000;
      const secondsLeft = (seconds / (iteration + 1)) * (iterations - iteration);
      task.onIteration?.({
        iteration,
        iterations,
        metric: task.metric,
        value,
        best: isBest,
        seconds,
        secondsLeft,
      });
    }
    if (!kept) throw new ValueError('No iteration could be kept.');
    const { machine, metric } = kept;
    scope.keep(x);
    return {
      machine,
      centers: x,
      best,
      history,
      metrics: settings.keepMetrics ? metrics : undefined,
      dispose: () => {
        release({ machine, metric });
        x.dispose();
      },
    };
  } catch (error) {
    if (kept) release(kept);
    throw error;
  }
}

/** The metric as the host sees it; the identity as a diagonal of ones. */
export async function metricOnHost(metric: Metric, features: number): Promise<HostMetric> {
  if (metric.kind === 'identity') return { data: new Float64Array(features).fill(1), shape: [1, features] };
  return { data: await metric.tensor.read(), shape: metric.tensor.shape };
}

async function score(machine: KernelMachine, x: Tensor, selection: Selection): Promise<number> {
  using predictions = machine.predict(x);
  return selection.score(await predictions.read());
}

function isBetter(
  value: number | undefined,
  best: number | undefined,
  selection: Selection | undefined,
): boolean {
  if (!selection || value === undefined || best === undefined || Number.isNaN(best)) return true;
  return selection.better === 'higher' ? value > best : value < best;
}

function release(kept: { readonly machine: KernelMachine; readonly metric: Metric }): void {
  kept.machine.dispose();
  disposeMetric(kept.metric);
}
