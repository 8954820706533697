import type { Backend, Tensor } from '@agop/core';
import { type KernelMachine, recursiveFeatureMachine } from '@agop/rfm';
import type { DeepRecursionSettings } from './options.ts';

/**
 * A kernel machine on some rows, and the metric that follows from it. Owns them; the rows stay the caller's.
 */
export interface FittedRows {
  readonly machine: KernelMachine;
  /** M = AGOP (over its largest entry), [d, d]: computed when it is first asked for. */
  nextMetric(): Promise<Tensor>;
  dispose(): Promise<void>;
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
 * Fits a kernel machine with `settings.iterations - 1` metric updates before it; `nextMetric` is that of the
 * last update.
 */
export async function fitRows(settings: DeepRecursionSettings, rows: RowsToFit): Promise<FittedRows> {
  const { kernel, ridge, seed, centering, normalization, agopSamples, solver } = settings;
  const iterations = settings.iterations - 1;
  const choices = { kernel, ridge, seed, centering, normalization, agopSamples, solver, iterations };
  const loop = recursiveFeatureMachine({ ...rows, ...choices, centered: true });
  for (;;) {
    const { value: step } = await loop.next();
    if (!step) throw new TypeError('The loop ended before its last step.');
    if (step.iteration < iterations) continue;
    // The loop waits at this step, whose metric is made on demand, until it is left.
    return {
      machine: step.machine,
      nextMetric: async () => {
        const metric = await step.nextMetric();
        if (metric.kind !== 'full') throw new TypeError('an update makes a full metric');
        return metric.tensor;
      },
      dispose: async () => {
        await loop.return();
      },
    };
  }
}
