import { chooseDType, Scope, type Tensor, ValueError } from '@agop/core';
import {
  better,
  checkFeatures,
  downloadTensors,
  historySchema,
  type IterationEvents,
  type IterationRecord,
  kernelSchema,
  type LoadOptions,
  type MatrixTypes,
  matrixSamples,
  requireTensor,
  restoreTensors,
  Stopwatch,
  type Trainer,
  uploadRows,
} from '@agop/estimators';
import * as z from 'zod/mini';
import { describeKernel, type KernelFactory, kernelFromDescription } from '../kernels/serialization.ts';
import { recursiveFeatureMachine } from '../loop/recursive-feature-machine.ts';
import { KernelMachine } from '../machine/kernel-machine.ts';
import { disposeMetric, identityMetric, type Metric } from '../metric/metric.ts';
import type { HostMetric, RFMSettings } from './options.ts';

/** A trained machine with everything that it stands on; owns its tensors. */
export interface FittedRFM {
  readonly machine: KernelMachine;
  readonly settings: Pick<RFMSettings, 'backend' | 'kernel' | 'dtype' | 'ridge'>;
  /** The iteration that was kept. */
  readonly best: number;
  readonly history: readonly IterationRecord[];
  /** The metric of each iteration, if they were to be kept. */
  readonly metrics: readonly HostMetric[] | undefined;
  dispose(): void;
}

/** Options of loading an RFM. */
export interface RFMLoadOptions extends LoadOptions {
  /** Factories of the user's own kernels, by name. */
  readonly kernels?: Readonly<Record<string, KernelFactory>>;
}

const schema = z.object({
  kernel: kernelSchema,
  metric: z.object({
    kind: z.enum(['identity', 'diagonal', 'full']),
    form: z.enum(['mahalanobis', 'transform']),
  }),
  ridge: z.number(),
  best: z.int(),
  history: historySchema,
});

/** What a saved RFM says about itself, apart from its task and its tensors. */
export type RFMDescription = z.infer<typeof schema>;

/** The types of {@link rfm}. */
export interface RFMTypes extends MatrixTypes {
  readonly settings: RFMSettings;
  readonly fitted: FittedRFM;
  readonly description: RFMDescription;
  readonly events: IterationEvents;
  readonly load: RFMLoadOptions;
}

/**
 * The Recursive Feature Machine as an algorithm: runs the loop and keeps the best iteration on validation
 * data, or the last one.
 */
export const rfm: Trainer<RFMTypes> = {
  ...matrixSamples,
  format: {
    name: 'agop-rfm',
    version: 1,
    title: 'RFM model',
    packageName: '@agop/rfm',
    estimators: { classification: 'RFMClassifier', regression: 'RFMRegressor' },
    parse: (description) => schema.parse(description),
  },

  async fit({ coding, training, held }, settings, { onIteration, signal }) {
    const { backend, dtype, iterations, selection } = settings;
    const watch = new Stopwatch();
    using scope = new Scope(backend);
    const x = scope.own(uploadRows(backend, training.x, dtype, 'X'));
    const y = scope.own(backend.tensor(coding.targets(training.y), [training.x.rows, coding.outputs], dtype));
    const heldX = held && scope.own(uploadRows(backend, held.x, dtype, 'validation X'));
    const history: IterationRecord[] = [];
    const metrics: HostMetric[] = [];
    let kept: { readonly machine: KernelMachine; readonly metric: Metric } | undefined;
    let best = 0;
    try {
      for await (const step of recursiveFeatureMachine({ ...settings, x, y, ...(signal && { signal }) })) {
        const { iteration } = step;
        if (settings.keepMetrics) metrics.push(await metricOnHost(step.metric, training.x.columns));
        const value = held && heldX && coding.score(selection, await outputsOf(step.machine, heldX), held.y);
        const isBest =
          !held ||
          better(
            { [selection]: value },
            history.length > 0 ? { [selection]: history[best]?.value } : undefined,
            [selection],
          );
        history.push({ iteration, metric: selection, value });
        if (isBest && (held || iteration === iterations)) {
          if (kept) release(kept);
          kept = step.take();
        }
        if (isBest) best = iteration;
        const times = watch.times(iteration + 1, iterations + 1);
        onIteration?.({ iteration, iterations, metric: selection, value, best: isBest, ...times });
      }
      if (!kept) throw new ValueError('No iteration could be kept.');
      scope.keep(x);
      return {
        ...owning(kept),
        settings,
        best,
        history,
        metrics: settings.keepMetrics ? metrics : undefined,
      };
    } catch (error) {
      if (kept) release(kept);
      throw error;
    }
  },

  async predict({ machine, settings }, rows) {
    checkFeatures(rows, machine.centers.shape[1] as number);
    using x = uploadRows(machine.backend, rows, settings.dtype, 'X');
    return outputsOf(machine, x);
  },

  async encode({ machine, settings, best, history }) {
    const { kernel, metric, centers, coefficients } = machine;
    const description = {
      kernel: { ...describeKernel(kernel), parameters: { ...kernel.parameters } },
      metric: {
        kind: metric.kind,
        form: metric.kind === 'identity' ? ('mahalanobis' as const) : metric.form,
      },
      ridge: settings.ridge,
      best,
      history: history.map((record) => ({ ...record, value: record.value ?? null })),
    };
    const learned = metric.kind === 'identity' ? {} : { metric: metric.tensor };
    return { description, tensors: await downloadTensors({ centers, coefficients, ...learned }) };
  },

  decode({ description, tensors }, outputs, { backend, dtype, kernels }) {
    const { ridge, best } = description;
    const { kind, form } = description.metric;
    const kernel = kernelFromDescription(description.kernel, kernels);
    const { shape, dtype: saved } = requireTensor(tensors, 'centers', 2);
    const [rows, features] = shape as [number, number];
    const target = chooseDType(backend, dtype, saved === 'float32' ? 'float32' : 'float64');
    return restoreTensors(backend, target, tensors, (take) => {
      const metric: Metric =
        kind === 'identity'
          ? identityMetric
          : { kind, form, tensor: take('metric', [kind === 'full' ? features : 1, features]) };
      const centers = take('centers', shape);
      const coefficients = take('coefficients', [rows, outputs]);
      return {
        ...owning({ machine: new KernelMachine({ backend, kernel, metric, centers, coefficients }), metric }),
        settings: { backend, kernel, ridge, dtype: target },
        best,
        history: description.history.map((record) => ({ ...record, value: record.value ?? undefined })),
        metrics: undefined,
      };
    });
  },
};

/** The metric as the host sees it; the identity as a diagonal of ones. */
export async function metricOnHost(metric: Metric, features: number): Promise<HostMetric> {
  if (metric.kind === 'identity') return { data: new Float64Array(features).fill(1), shape: [1, features] };
  return { data: await metric.tensor.read(), shape: metric.tensor.shape };
}

async function outputsOf(machine: KernelMachine, x: Tensor): Promise<ArrayLike<number>> {
  using outputs = machine.predict(x);
  return await outputs.read();
}

/** A machine that frees all it stands on. */
function owning(kept: { readonly machine: KernelMachine; readonly metric: Metric }) {
  return {
    machine: kept.machine,
    dispose: () => {
      release(kept);
      kept.machine.centers.dispose();
    },
  };
}

function release({ machine, metric }: { readonly machine: KernelMachine; readonly metric: Metric }): void {
  machine.dispose();
  disposeMetric(metric);
}
