import type { BackendPool } from '@agop/core';
import { fitLeaf, type LeafExecutor } from './fit-leaf.ts';

/**
 * Leaves on the backends of a pool: each is fitted on the next one that is free, as on several GPUs. The pool
 * stays the caller's. What comes out is what the backend of the leaf computes; with backends of one kind it
 * does not depend on their number.
 *
 * @example
 * using pool = await createBackendPool();
 * const settings = tabularSettings({ backend: pool.backends[0], executor: leavesOnPool(pool) });
 */
export function leavesOnPool(pool: Pick<BackendPool, 'size' | 'run'>): LeafExecutor {
  return {
    size: pool.size,
    run: (job, signal) => pool.run((backend) => fitLeaf(backend, job, { signal })),
  };
}
