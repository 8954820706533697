import { type Distribution, floatDType, type RandomKey, randomArray } from '@agop/core';
import { type DeviceMatrix, type Runtime, scalar, sizeOf, sourceFor } from './runtime.ts';

export function fill(runtime: Runtime, out: DeviceMatrix, value: number): void {
  const argument = out.dtype === 'int32' ? Math.trunc(value) : scalar(value, out);
  runtime.launchOver(sourceFor('fill', out.dtype), 'fill', sizeOf(out), [out.buffer, argument, sizeOf(out)]);
}

export function identity(runtime: Runtime, out: DeviceMatrix): void {
  fill(runtime, out, 0);
  const args = [out.buffer, out.columns + 1, scalar(1, out), out.rows];
  runtime.launchOver(sourceFor('fill', out.dtype), 'fillStrided', out.rows, args);
}

/**
 * Uniform numbers are made on the device: integer arithmetic gives the same bits everywhere. The others go
 * through functions that differ in their last bit between devices and hosts, so the host makes them.
 */
export function random(
  runtime: Runtime,
  out: DeviceMatrix,
  distribution: Distribution,
  key: RandomKey,
): void {
  const dtype = floatDType(out);
  const size = sizeOf(out);
  if (distribution !== 'uniform') {
    runtime.upload(out.buffer, randomArray(size, distribution, key, dtype), dtype);
    return;
  }
  randomArray(0, distribution, key, dtype); // Checks the key.
  const largest = dtype === 'float32' ? 1 - 2 ** -24 : 1;
  const args = [out.buffer, size, key.seed, key.stream ?? 0, scalar(largest, out)];
  runtime.launchOver(sourceFor('random', dtype), 'uniform', Math.ceil(size / 2), args);
}
