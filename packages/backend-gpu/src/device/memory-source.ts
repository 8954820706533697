import { CUDA } from '../driver/status.ts';
import type { DeviceContext } from './context.ts';
import { received } from './native.ts';

/** Where a pool gets device memory from. */
export interface MemorySource {
  /** The address, or undefined where there is no memory. */
  take(bytes: number): number | undefined;
  give(address: number): void;
  /** Makes what was given back available, to other programs too. */
  settle(): void;
  freeBytes(): number;
  /** More than this is never there. */
  readonly totalBytes: number;
}

/**
 * The driver's stream-ordered allocator where the device has it and it works, which is tried (in some
 * virtual machines it is refused), else the plain one.
 */
export function memorySource(context: DeviceContext): MemorySource {
  const { native, facts, stream } = context;
  const status = (run: (out: BigUint64Array) => number, operation: string): number | undefined => {
    const out = new BigUint64Array(1);
    const result = run(out);
    if (result === CUDA.outOfMemory) return undefined;
    if (result !== CUDA.success) throw native.failure('driver', operation, result);
    return Number(out[0]);
  };
  const common = { freeBytes: () => context.memory().freeBytes, totalBytes: facts.memoryBytes };
  const raw = native.libraries.driver;
  if (!facts.hasMemoryPools || !streamOrderedWorks(context)) {
    return {
      ...common,
      take: (bytes) => status((out) => raw.cuMemAlloc_v2(out, bytes), 'cuMemAlloc'),
      // It waits for the device: safe for memory that queued kernels still use.
      give: (address) => native.driver.cuMemFree_v2(address),
      settle: () => {},
    };
  }
  return {
    ...common,
    take: (bytes) => status((out) => raw.cuMemAllocAsync(out, bytes, stream), 'cuMemAllocAsync'),
    give: (address) => native.driver.cuMemFreeAsync(address, stream),
    settle: () => {
      context.synchronize();
      const pool = received((out) => native.driver.cuDeviceGetDefaultMemPool(out, context.device));
      native.driver.cuMemPoolTrimTo(pool, 0);
    },
  };
}

function streamOrderedWorks({ native, stream }: DeviceContext): boolean {
  const { driver } = native.libraries;
  const out = new BigUint64Array(1);
  const status = driver.cuMemAllocAsync(out, 512, stream);
  if (status === CUDA.outOfMemory) return true;
  return status === CUDA.success && driver.cuMemFreeAsync(Number(out[0]), stream) === CUDA.success;
}
