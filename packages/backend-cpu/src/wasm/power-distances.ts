import { floatKernels, type M } from './memory.ts';
import type { Runtime } from './runtime.ts';

export function powerDistances(runtime: Runtime, x: M, z: M, p: number, out: M): void {
  const run = floatKernels(runtime, x).powerDistances;
  run(x.buffer, x.rows, z.buffer, z.rows, x.columns, p, out.buffer);
}

export function powerDistanceGradients(runtime: Runtime, weights: M, x: M, z: M, p: number, out: M): void {
  const run = floatKernels(runtime, x).powerDistanceGradients;
  run(weights.buffer, x.buffer, x.rows, z.buffer, z.rows, x.columns, p, out.buffer);
}
