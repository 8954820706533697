import { type Backend, chooseDType, NotPositiveDefiniteError } from '@agop/core';
import {
  type Classification,
  type Coding,
  classification,
  type Executor,
  type FitWarning,
  type HostTensor,
  type IterationEvents,
  type IterationRecord,
  type Label,
  type ModelParts,
  type Regression,
  type Rows,
  regression,
  type Samples,
  type TaskDescription,
} from '@agop/estimators';
import {
  type FittedRFM,
  kernelFromDescription,
  logisticSolver,
  type RFMDescription,
  type RFMSettings,
  rfm,
} from '@agop/rfm';
import { LeafColumns } from './codes.ts';
import { refitted } from './refit.ts';
import type { LeafSettings } from './settings.ts';

/** A leaf to be fitted. Plain data. */
export interface LeafJob {
  /** The coding of the targets, as a model file holds it. */
  readonly task: TaskDescription;
  readonly taskTensors: Readonly<Record<string, HostTensor>>;
  readonly training: Samples<Rows>;
  /** Rows that choose the iteration; the last one is kept without them. */
  readonly held: Samples<Rows> | undefined;
  readonly settings: Omit<LeafSettings, 'ridge'> & { readonly ridge: number; readonly seed: number };
  /** Rows that the leaf is fitted on again in the end, once its iteration is chosen; undefined: not again. */
  readonly all: Samples<Rows> | undefined;
}

/** A fitted leaf, on the host. Plain data. */
export interface FittedLeaf {
  readonly parts: ModelParts<RFMDescription>;
  /** Rows that it was fitted on. */
  readonly rows: number;
  /** The kept iteration. */
  readonly best: number;
  readonly history: readonly IterationRecord[];
  readonly warnings: readonly FitWarning[];
}

/** Where leaves are fitted. */
export type LeafExecutor = Executor<LeafJob, FittedLeaf>;

/**
 * Fits a leaf on a backend, and leaves nothing there.
 *
 * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
 * @throws {OutOfMemoryError} where the memory of the backend does not suffice
 * @throws {AbortedError} through `signal`
 */
export async function fitLeaf(
  backend: Backend,
  given: LeafJob,
  options: IterationEvents & { readonly signal?: AbortSignal | undefined } = {},
): Promise<FittedLeaf> {
  const columns = LeafColumns.of((given.all ?? given.training).x, given.settings.codes);
  const job = asLeafSees(given, columns);
  const coding = restoreCoding(job.task, job.taskTensors);
  const { training, held, all } = job;
  const settings = rfmSettingsOf(backend, job.settings);
  const chosen = await rfm.fit({ coding, training, held, test: undefined }, settings, options);
  const { best, history, warnings } = chosen;
  let fitted: FittedRFM;
  try {
    fitted = all ? await refitted(chosen, all, coding, settings, options.signal) : chosen;
  } catch (error) {
    const isWider = chosen.settings.dtype === 'float32' && backend.dtypes.includes('float64');
    if (!isWider || !NotPositiveDefiniteError.isInstance(error)) throw error;
    const message = 'float32 does not suffice for all rows of a leaf: its fit begins again in float64.';
    const warning: FitWarning = { code: 'float64', message, iteration: best };
    options.onWarning?.(warning);
    const again = await fitLeaf(
      backend,
      { ...given, settings: { ...given.settings, dtype: 'float64' } },
      options,
    );
    return { ...again, warnings: [...warnings, warning, ...again.warnings] };
  }
  try {
    const { description, tensors } = await rfm.encode(fitted);
    const parts = { description, tensors: { ...tensors, ...columns.tensors() } };
    return { parts, rows: (all ?? training).x.rows, best, history, warnings };
  } finally {
    fitted.dispose();
  }
}

/** The job with codes as blocks of columns. */
function asLeafSees(job: LeafJob, columns: LeafColumns): LeafJob {
  if (columns.codes.length === 0) return job;
  const expanded = (samples: Samples<Rows>) => ({ ...samples, x: columns.expand(samples.x) });
  return {
    ...job,
    training: expanded(job.training),
    held: job.held && expanded(job.held),
    all: job.all && expanded(job.all),
    settings: { ...job.settings, codes: [], blocks: columns.blocks(job.settings.blocks) },
  };
}

/** The settings of the Recursive Feature Machine of a leaf. */
export function rfmSettingsOf(backend: Backend, settings: LeafJob['settings']): RFMSettings {
  const { kernel, dtype, ridge, solver, ...others } = settings;
  return {
    ...others,
    backend,
    ridge,
    kernel: kernelFromDescription(kernel),
    dtype: chooseDType(backend, dtype, ridge >= 1e-3 ? 'float32' : 'float64'),
    keepMetrics: false,
    solver: solver === 'logistic' ? logisticSolver : undefined,
  };
}

/** The coding that a description and its tensors stand for. */
export function restoreCoding(
  task: TaskDescription,
  tensors: Readonly<Record<string, HostTensor>>,
): Coding<Classification<Label>> | Coding<Regression> {
  return task.task === 'regression'
    ? regression().restore(task, tensors)
    : classification().restore(task, tensors);
}
