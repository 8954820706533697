import type { Backend } from '@agop/core';
import { runtimeOf } from './cuda/create.ts';

/** Memory of a device, in bytes. */
export interface DeviceMemory {
  /** What no process uses. */
  readonly freeBytes: number;
  /** All that the device has. */
  readonly totalBytes: number;
  /** What the backend has taken: its tensors, and what it keeps for reuse. */
  readonly reservedBytes: number;
}

/**
 * Memory of the device that a backend of the engine 'cuda' computes on, now.
 *
 * @throws {OptionError} for a backend of another engine
 */
export function deviceMemory(backend: Backend): DeviceMemory {
  const runtime = runtimeOf(backend);
  runtime.enter();
  return { ...runtime.context.memory(), reservedBytes: runtime.pool.reservedBytes };
}

/**
 * Time that the device spends on what `work` queues, in milliseconds, by events on the backend's stream.
 * Waits for the end.
 *
 * @throws {OptionError} for a backend of another engine
 */
export async function deviceTime(backend: Backend, work: () => unknown): Promise<number> {
  const { context } = runtimeOf(backend);
  const { driver } = context.native;
  context.activate();
  const [begin, end] = [context.createEvent(true), context.createEvent(true)];
  try {
    driver.cuEventRecord(begin, context.stream);
    await work();
    context.activate();
    driver.cuEventRecord(end, context.stream);
    driver.cuEventSynchronize(end);
    const milliseconds = new Float32Array(1);
    driver.cuEventElapsedTime(milliseconds, begin, end);
    return milliseconds[0] as number;
  } finally {
    for (const event of [begin, end]) context.native.libraries.driver.cuEventDestroy_v2(event);
  }
}
