import type { DeviceContext } from './context.ts';
import { received } from './native.ts';

/** Host memory that the device reads and writes by itself. */
export interface PinnedBlock {
  readonly address: number;
  readonly memory: ArrayBuffer;
}

/** CU_MEMHOSTALLOC_PORTABLE: pinned for all contexts of the process. */
const portable = 1;

export function allocatePinned(context: DeviceContext, bytes: number): PinnedBlock {
  const { native } = context;
  const address = received((out) => native.driver.cuMemHostAlloc(out, bytes, portable));
  return { address, memory: native.libraries.view(address, bytes) };
}

/** Its `memory` must not be touched afterwards. */
export function freePinned(context: DeviceContext, block: PinnedBlock): void {
  context.native.libraries.driver.cuMemFreeHost(block.address);
}
