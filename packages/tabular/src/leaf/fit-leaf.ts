import { type Backend, chooseDType } from '@agop/core';
import {
  type Classification,
  type Coding,
  classification,
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
import { kernelFromDescription, logisticSolver, type RFMDescription, type RFMSettings, rfm } from '@agop/rfm';
import type { Executor } from '../executor/executor.ts';
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
  job: LeafJob,
  options: IterationEvents & { readonly signal?: AbortSignal | undefined } = {},
): Promise<FittedLeaf> {
  const coding = restoreCoding(job.task, job.taskTensors);
  const { training, held } = job;
  const fitted = await rfm.fit(
    { coding, training, held, test: undefined },
    rfmSettingsOf(backend, job.settings),
    options,
  );
  try {
    const { best, history, warnings } = fitted;
    return { parts: await rfm.encode(fitted), rows: training.x.rows, best, history, warnings };
  } finally {
    fitted.dispose();
  }
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
