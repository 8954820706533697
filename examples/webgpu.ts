// A fit by WebGPU, where there is an adapter; elsewhere on the CPU, in the same precision.
//
//   node -C @agop/source examples/webgpu.ts
import { createBackend } from '@agop/backend';
import { createWebGpuBackend } from '@agop/backend-webgpu';
import { randomArray, UnavailableError } from '@agop/core';
import { laplace, RFMRegressor } from '@agop/rfm';

const x = Array.from({ length: 200 }, (_, i) => randomArray(10, 'normal', { seed: i }, 'float64'));
const y = x.map((row) => Number(row[0]) * Number(row[1]));

using backend = await createWebGpuBackend().catch((error: unknown) => {
  if (!UnavailableError.isInstance(error)) throw error;
  console.error(error.message); // What is missing here, and how to get it
  return createBackend({ on: 'cpu' });
});
using model = new RFMRegressor({
  backend,
  kernel: laplace({ bandwidth: 5 }),
  dtype: 'float32',
  iterations: 3,
});
await model.fit(x.slice(0, 150), y.slice(0, 150));
const score = await model.score(x.slice(150), y.slice(150));
console.log(`R² ${score.toFixed(2)} on ${backend.device.description}`);
