import { type Backend, chooseDType, Scope, type Tensor, ValueError } from '@agop/core';
import {
  better,
  checkFeatures,
  directionOf,
  downloadTensors,
  type FitJob,
  type FitWarning,
  historySchema,
  type IterationEvents,
  type IterationRecord,
  kernelSchema,
  type LoadOptions,
  type MatrixTypes,
  matrixSamples,
  type Rows,
  requireTensor,
  restoreTensors,
  type ScoreName,
  Stopwatch,
  type Trainer,
  takeSamples,
} from '@agop/estimators';
import * as z from 'zod/mini';
import { describeKernel, type KernelFactory, kernelFromDescription } from '../kernels/serialization.ts';
import { isNumericalFailure, mayWiden } from '../loop/numerical-failure.ts';
import { recursiveFeatureMachine } from '../loop/recursive-feature-machine.ts';
import { KernelMachine } from '../machine/kernel-machine.ts';
import { disposeMetric, identityMetric, type Metric } from '../metric/metric.ts';
import { lacksFloat64 } from '../solvers/host-refinement.ts';
import { isConstant } from './constant.ts';
import { farFromZero } from './far-from-zero.ts';
import { type HostMetric, uploadInitialMetric } from './initial-metric.ts';
import type { RFMSettings } from './options.ts';
import { checkTargets, originOf, uploadFrom } from './origin.ts';

/** A trained machine with everything that it stands on; owns its tensors. */
export interface FittedRFM {
  /** Its centers and points are features minus `origin`. */
  readonly machine: KernelMachine;
  /** What features are counted from, [d]; undefined where the kernel would see that. */
  readonly origin: Float64Array | undefined;
  readonly settings: Pick<RFMSettings, 'backend' | 'kernel' | 'dtype' | 'ridge'>;
  /** The iteration that was kept. */
  readonly best: number;
  readonly history: readonly IterationRecord[];
  /** The metric of each iteration, if they were to be kept. */
  readonly metrics: readonly HostMetric[] | undefined;
  readonly warnings: readonly FitWarning[];
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
  ridge: z.number().check(z.nonnegative()),
  best: z.int().check(z.nonnegative()),
  history: historySchema,
  /** Whether centers are features minus an origin. */
  origin: z.optional(z.boolean()),
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
  takesWeights: true,
  optionNames: { fit: ['onIteration', 'onWarning'], load: ['kernels'] },
  format: {
    name: 'agop-rfm',
    version: 2,
    title: 'RFM model',
    packageName: '@agop/rfm',
    estimators: { classification: 'RFMClassifier', regression: 'RFMRegressor' },
    parse: (description) => schema.parse(description),
  },

  fit: (job, settings, options) => fitLoop(countingRows(job), settings, options, []),

  async predict(fitted, rows) {
    using x = uploadSamples(fitted, rows);
    return await outputsOf(fitted.machine, x);
  },

  async encode({ machine, origin, settings, best, history }) {
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
    const tensors = await downloadTensors({ centers, coefficients, ...learned });
    if (!origin) return { description, tensors };
    const host = { dtype: 'float64' as const, shape: [1, origin.length], data: origin };
    return { description: { ...description, origin: true }, tensors: { ...tensors, origin: host } };
  },

  decode({ description, tensors }, outputs, { backend, dtype, kernels }) {
    const { ridge, best } = description;
    const { kind, form } = description.metric;
    const hasOrigin = description.origin === true || Object.hasOwn(tensors, 'origin');
    const kernel = kernelFromDescription(description.kernel, kernels);
    const { shape, dtype: saved } = requireTensor(tensors, 'centers', 2);
    const [rows, features] = shape as [number, number];
    const target = chooseDType(backend, dtype, saved === 'float32' ? 'float32' : 'float64');
    const build = (take: TakeTensor): FittedRFM => {
      const metric: Metric =
        kind === 'identity'
          ? identityMetric
          : { kind, form, tensor: take('metric', [kind === 'full' ? features : 1, features]) };
      const centers = take('centers', shape);
      const coefficients = take('coefficients', [rows, outputs]);
      return {
        ...owning({ machine: new KernelMachine({ backend, kernel, metric, centers, coefficients }), metric }),
        origin: hasOrigin ? savedOrigin(tensors, features) : undefined,
        settings: { backend, kernel, ridge, dtype: target },
        best,
        history: description.history.map((record) => ({ ...record, value: record.value ?? undefined })),
        metrics: undefined,
        warnings: [],
      };
    };
    return restoreTensors(backend, target, tensors, build, saved);
  },
};

/**
 * Samples as the machine sees them, from its origin: [n, d], the caller's.
 *
 * @throws {ShapeError} for other features than those of the fit
 * @throws {ValueError} for features whose squares leave the range of the dtype
 */
export function uploadSamples({ machine, settings, origin }: FittedRFM, rows: Rows): Tensor {
  checkFeatures(rows, machine.centers.shape[1] as number);
  return uploadFrom(origin, machine.backend, rows, settings.dtype, { what: 'X', smallest: false });
}

type Tensors = Parameters<typeof requireTensor>[0];
type TakeTensor = Parameters<Parameters<typeof restoreTensors>[3]>[0];

function savedOrigin(tensors: Tensors, features: number): Float64Array {
  return Float64Array.from(requireTensor(tensors, 'origin', [1, features]).data);
}

const constantFit =
  'The model predicts the same for every row: predictions differ by less than a millionth of what targets do. Usual causes are a bandwidth far above the distances between rows, a ridge far above 1, or features that do not tell rows apart.';

function float32Only(backend: Backend, ridge: number): string {
  return `A ridge of ${ridge} asks for float64, which backend '${backend.name}' does not have: the fit is in float32, and its systems are solved with residuals in float64 on the host.`;
}

/** Runs the loop, in float64 where float32 does not suffice, as far as iterations can be fitted. */
async function fitLoop(
  job: FitJob<Rows>,
  settings: RFMSettings,
  options: IterationEvents & { readonly signal?: AbortSignal | undefined },
  earlier: readonly FitWarning[],
): Promise<FittedRFM> {
  const { coding, training, held } = job;
  const { weights } = training;
  const { backend, kernel, dtype, iterations, selection, solver, ridge } = settings;
  const { onIteration, onWarning, signal } = options;
  const watch = new Stopwatch();
  const origin = originOf(kernel, training.x);
  const about = origin ? undefined : aboutDistance(training.x, settings);
  if (about) onWarning?.(about);
  if (about?.code === 'float64') {
    return fitLoop(job, { ...settings, dtype: 'float64' }, options, [...earlier, about]);
  }
  using scope = new Scope(backend);
  const upload = (rows: Rows, what: string, smallest: boolean): Tensor =>
    scope.own(uploadFrom(origin, backend, rows, dtype, { what, smallest }));
  const x = upload(training.x, 'X', true);
  const targets = coding.targets(training.y);
  checkTargets(targets, coding.outputs, dtype);
  const y = scope.own(backend.tensor(targets, [training.x.rows, coding.outputs], dtype));
  const heldX = held && upload(held.x, 'validation X', false);
  const initialMetric = await uploadInitialMetric(backend, training.x.columns, settings);
  if (initialMetric.kind !== 'identity') scope.own(initialMetric.tensor);
  const history: IterationRecord[] = [];
  const metrics: HostMetric[] = [];
  const warnings = about ? [...earlier, about] : [...earlier];
  let kept: { readonly machine: KernelMachine; readonly metric: Metric } | undefined;
  let best = 0;
  const warn = (warning: FitWarning): void => {
    warnings.push(warning);
    onWarning?.(warning);
  };
  if (!solver && lacksFloat64(backend, dtype, ridge)) {
    warn({ code: 'float32-only', message: float32Only(backend, ridge), iteration: 0 });
  }
  const loop = { ...settings, initialMetric, x, y, weights, signal, centered: origin !== undefined };
  try {
    for await (const step of recursiveFeatureMachine(loop)) {
      const { iteration } = step;
      if (settings.keepMetrics) metrics.push(await metricOnHost(step.metric, training.x.columns));
      const value =
        held && heldX && coding.score(selection, await outputsOf(step.machine, heldX), held.y, held.weights);
      const isBest =
        !held ||
        better(
          { [selection]: value },
          history.length > 0 ? { [selection]: history[best]?.value } : undefined,
          [selection],
        );
      history.push({ iteration, metric: selection, value });
      if (isBest) {
        if (kept) release(kept);
        kept = step.take();
        best = iteration;
      }
      const times = watch.times(iteration + 1, iterations + 1);
      onIteration?.({ iteration, iterations, metric: selection, value, best: isBest, ...times });
      if (isMuchWorse(selection, value, history[best]?.value, settings.earlyStopping)) break;
    }
  } catch (error) {
    const iteration = history.length;
    if (mayWiden(error, backend, dtype)) {
      if (kept) release(kept);
      const message = `float32 does not suffice for iteration ${iteration}: the fit begins again in float64.`;
      warn({ code: 'float64', message, iteration });
      return await fitLoop(job, { ...settings, dtype: 'float64' }, options, warnings);
    }
    if (!kept || !isNumericalFailure(error)) {
      if (kept) release(kept);
      throw error;
    }
    const message = `Iteration ${iteration} could not be fitted, and the fit ended before it. ${error.message}`;
    try {
      warn({ code: 'ended-early', message, iteration });
    } catch (thrown) {
      release(kept);
      throw thrown;
    }
  }
  if (!kept) throw new ValueError('No iteration could be kept.');
  try {
    if (
      warnings.every(({ code }) => code !== 'ended-early') &&
      (await isConstant(kept.machine, x, targets))
    ) {
      warn({ code: 'constant', message: constantFit, iteration: best });
    }
  } catch (thrown) {
    release(kept);
    throw thrown;
  }
  scope.keep(x);
  if (kept.metric.kind !== 'identity') scope.keep(kept.metric.tensor);
  return {
    ...owning(kept),
    origin,
    settings,
    best,
    history,
    metrics: settings.keepMetrics ? metrics : undefined,
    warnings,
  };
}

/** What is to be said where rows are far from 0, and the kernel sees that: `float64` where that suffices. */
function aboutDistance(
  rows: Rows,
  { backend, kernel, dtype }: Pick<RFMSettings, 'backend' | 'kernel' | 'dtype'>,
): FitWarning | undefined {
  const far = farFromZero(rows, dtype);
  if (!far) return undefined;
  const where = `Samples are ${far.ratio.toPrecision(2)} times as far from 0 as from each other, most of it in column ${far.column}, and the kernel '${kernel.name}' sees that`;
  const advice = 'Subtract the means of the columns, or take a kernel of distances.';
  const wide = backend.dtypes.includes('float64') && !farFromZero(rows, 'float64');
  return wide
    ? { code: 'float64', message: `${where}: the fit is in float64. ${advice}`, iteration: 0 }
    : { code: 'far-from-zero', message: `${where}: in ${dtype} little else. ${advice}`, iteration: 0 };
}

/** Whether a score is worse than the best one by a factor: loss > factor · best, or gain < best / factor. */
function isMuchWorse(
  name: ScoreName,
  value: number | undefined,
  best: number | undefined,
  factor: number | undefined,
): boolean {
  if (value === undefined || best === undefined || factor === undefined) return false;
  return directionOf(name) === 'higher' ? value < best / factor : value > best * factor;
}

/** The job without training rows of weight 0: they would be centers that say nothing. */
function countingRows(job: FitJob<Rows>): FitJob<Rows> {
  const { training } = job;
  const { weights } = training;
  if (!weights) return job;
  const all = Int32Array.from({ length: training.x.rows }, (_, row) => row);
  const counting = all.filter((row) => (weights[row] as number) > 0);
  if (counting.length === all.length) return job;
  return { ...job, training: takeSamples(training, counting) };
}

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
