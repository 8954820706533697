import type { EngineOptions } from '@agop/workers';
import { type BackendChoice, cpuOptions } from '../backends/backends.ts';

/**
 * The module that makes the backend of a job in a thread of its own, and how: the one that `openBackend`
 * makes for the same options, with one thread where none are asked for.
 */
export function engineFor({ backend: name, threads, blas }: BackendChoice): EngineOptions {
  if (name === 'naive') {
    return { module: import.meta.resolve('@agop/core/naive'), create: 'createNaiveBackend' };
  }
  if (name === 'tfjs-wasm') {
    return { module: import.meta.resolve('@agop/backend-tfjs/wasm'), create: 'createTfjsWasmBackend' };
  }
  const asksForCpu = threads !== undefined || (blas ?? 'none') !== 'none';
  const on = name === 'auto' ? (asksForCpu ? 'cpu' : undefined) : name;
  const cpu = cpuOptions({ threads: threads ?? 1, blas });
  const module = import.meta.resolve('@agop/backend');
  return { module, create: 'createBackend', options: { ...(on && { on }), dtype: 'float64', cpu } };
}
