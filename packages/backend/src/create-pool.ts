import type { GpuPoolOptions } from '@agop/backend-gpu';
import { BackendPool } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { type BackendOptions, createBackend, createOnWebGpu, optionNames } from './create.ts';
import { makeOn } from './make-on.ts';

/** Options of {@link createBackendPool}. */
export interface BackendPoolOptions extends Omit<BackendOptions, 'gpu'> {
  /** Options of the CUDA backends, where these are made. */
  readonly gpu?: GpuPoolOptions;
}

/**
 * Backends for work in pieces, such as the leaves of a tree: one on each CUDA device, or where there is none,
 * one on WebGPU or on the CPU, whose threads already share each piece. What is tried, and when, is as of
 * {@link createBackend}.
 *
 * @throws {UnavailableError} if what is asked for is not there
 * @throws {OptionError} for an unknown choice, or options out of range
 *
 * @example
 * using pool = await createBackendPool();
 * const results = await Promise.all(pieces.map((piece) => pool.run((backend) => work(backend, piece))));
 */
export async function createBackendPool(options: BackendPoolOptions = {}): Promise<BackendPool> {
  checkGiven('createBackendPool()', options, optionNames);
  const { gpu, ...rest } = options;
  return makeOn(options, {
    cuda: async () => (await import('@agop/backend-gpu')).createGpuPool(gpu),
    webgpu: async () => new BackendPool([await createOnWebGpu(rest)]),
    cpu: async () => new BackendPool([await createBackend({ ...rest, on: 'cpu' })]),
  });
}
