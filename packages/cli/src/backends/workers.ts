import { availableParallelism } from 'node:os';
import type { Backend } from '@agop/core';
import type { WorkerExecutor } from '@agop/estimators';
import type { TabularJob, TabularResult } from '@agop/tabular';
import { tabularWorkers } from '@agop/tabular/node';
import type { BackendChoice } from './backends.ts';
import { cpuOptions } from './backends.ts';

/** From so many rows on, workers are worth their start. */
const manyRows = 2000;

/** How many trials and leaves are fitted at a time. */
export function workerCount(backend: Backend, { threads }: BackendChoice, rows: number): number {
  const size = threads ?? availableParallelism();
  return backend.name === 'wasm' && rows >= manyRows ? size : 1;
}

/**
 * Worker threads that judge settings and fit leaves, each on one core: what comes out is the same as without
 * them. Undefined where there would be one only, and beside other engines, which have one device.
 */
export function openWorkers(
  backend: Backend,
  choice: BackendChoice,
  rows: number,
): WorkerExecutor<TabularJob, TabularResult> | undefined {
  const size = workerCount(backend, choice, rows);
  if (size < 2) return undefined;
  const module = import.meta.resolve('@agop/backend');
  return tabularWorkers({
    module,
    create: 'createBackend',
    options: { on: 'cpu', cpu: cpuOptions({ ...choice, threads: 1 }) },
    size,
  });
}
