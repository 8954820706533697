import type { Backend } from '@agop/core';
import { runtimeOf } from './create.ts';
import type { Counters } from './device/counters.ts';

/**
 * What a backend has asked of its device since it was made. Two of these, one before and one after, give the
 * counts of what is between.
 *
 * @throws {OptionError} for a backend of another engine
 */
export function deviceCounters(backend: Backend): Readonly<Counters> {
  return { ...runtimeOf(backend).counters };
}

/**
 * Time that the device spends on what `work` queues, in milliseconds, by its own clock; undefined where it
 * has none that programs may read. Copies are not in it. Waits for the end.
 *
 * @throws {OptionError} for a backend of another engine
 * @throws {DeviceError} if the device is lost or reports a fault
 */
export async function deviceTime(backend: Backend, work: () => unknown): Promise<number | undefined> {
  const runtime = runtimeOf(backend);
  if (!runtime.timer.isAvailable) return undefined;
  await runtime.settled();
  runtime.timer.start();
  try {
    await work();
    await runtime.settled();
  } finally {
    runtime.timer.end();
  }
  return runtime.timer.milliseconds();
}
