import type { Backend, Tensor } from '@agop/core';
import { disposeMetric, type KernelMachine, type Metric, recursiveFeatureMachine } from '@agop/rfm';
import type { DeepRecursionSettings } from './options.ts';

/** A kernel machine on some rows, and the metric that follows from it. Owns them; the rows stay the caller's. */
export interface FittedRows {
  readonly machine: KernelMachine;
  /** M = AGOP (over its largest entry), [d, d], where it was asked for. */
  readonly nextMetric: Tensor | undefined;
  dispose(): void;
}

/** What a fit needs besides the settings. The tensors stay the caller's. */
export interface RowsToFit {
  readonly backend: Backend;
  /** [n, d] */
  readonly x: Tensor;
  /** [n, c] */
  readonly y: Tensor;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fits a kernel machine with `settings.iterations - 1` metric updates before it.
 *
 * @param withMetric whether to make the metric that follows: not needed after the last layer
 */
export async function fitRows(
  settings: DeepRecursionSettings,
  { backend, x, y, signal }: RowsToFit,
  withMetric: boolean,
): Promise<FittedRows> {
  const { kernel, ridge, seed, centering, normalization, agopSamples, solver } = settings;
  const steps = recursiveFeatureMachine({
    backend,
    kernel,
    x,
    y,
    ridge,
    seed,
    iterations: settings.iterations - 1,
    centering,
    ...(normalization && { normalization }),
    ...(agopSamples !== undefined && { agopSamples }),
    ...(solver && { solver }),
    ...(signal && { signal }),
  });
  for await (const step of steps) {
    if (step.iteration < settings.iterations - 1) continue;
    const nextMetric = withMetric ? copyOf(backend, await step.nextMetric()) : undefined;
    const { machine, metric } = step.take();
    return {
      machine,
      nextMetric,
      dispose: () => {
        machine.dispose();
        disposeMetric(metric);
        nextMetric?.dispose();
      },
    };
  }
  throw new TypeError('The loop ended before its last step.');
}

function copyOf(backend: Backend, metric: Metric): Tensor {
  if (metric.kind !== 'full') throw new TypeError('an update makes a full metric');
  return backend.clone(metric.tensor);
}
