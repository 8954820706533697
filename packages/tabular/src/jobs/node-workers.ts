import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type WorkerExecutor, workerExecutor } from '@agop/estimators';
import type { TabularJob, TabularResult } from './tabular-job.ts';

/** Which backend {@link tabularWorkers} compute on, and how many there are. */
export interface TabularWorkersOptions {
  /** URL of the module that makes the backend, e.g. `import.meta.resolve('@agop/backend-cpu')`. */
  readonly module: string;
  /** Name of the function of the module that makes it, e.g. `createCpuBackend`. */
  readonly create: string;
  /** What the function is called with, plain data. One thread each is best, e.g. `{ threads: 1 }`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Number of workers, from 1. Default one for each core. */
  readonly size?: number;
}

/**
 * Worker threads that fit the trials and leaves of tables: what comes out has the same bits as without them,
 * for any number of workers. They start with the first jobs, and end with `dispose`. Node only.
 *
 * @throws {OptionError} for a size that is no whole number from 1
 *
 * @example
 * const engine = { module: import.meta.resolve('@agop/backend-cpu'), create: 'createCpuBackend' };
 * using executor = tabularWorkers({ ...engine, options: { threads: 1 } });
 * using model = new TabularRegressor({ backend, executor });
 */
export function tabularWorkers({
  size = availableParallelism(),
  ...workerData
}: TabularWorkersOptions): WorkerExecutor<TabularJob, TabularResult> {
  const program = new URL(import.meta.resolve('@agop/tabular/worker'));
  return workerExecutor({ size, start: () => new Worker(program, { workerData }) });
}
