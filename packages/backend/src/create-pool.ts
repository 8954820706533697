import type { GpuPoolOptions } from '@agop/backend-gpu';
import { BackendPool } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { type BackendOptions, createBackend, makeOn } from './create.ts';

/** Options of {@link createBackendPool}. */
export interface BackendPoolOptions extends Omit<BackendOptions, 'gpu'> {
  /** Options of the GPU backends, where these are made. */
  readonly gpu?: GpuPoolOptions;
}

/**
 * Backends for work in pieces, such as the leaves of a tree: one on each GPU, or where there is none, one on
 * the CPU, whose threads already share each piece.
 *
 * @throws {UnavailableError} if GPUs are asked for and there are none
 * @throws {OptionError} for an unknown choice, or options out of range
 *
 * @example
 * using pool = await createBackendPool();
 * const results = await Promise.all(pieces.map((piece) => pool.run((backend) => work(backend, piece))));
 */
export async function createBackendPool(options: BackendPoolOptions = {}): Promise<BackendPool> {
  checkGiven('createBackendPool()', options, { on: true, gpu: true, cpu: true, onFallback: true });
  const { gpu, ...rest } = options;
  return makeOn(rest, {
    gpu: async () => (await import('@agop/backend-gpu')).createGpuPool(gpu),
    cpu: async () => new BackendPool([await createBackend({ ...rest, on: 'cpu' })]),
  });
}
