// A fit in a worker thread that is ended on the way; then one on this thread.
import { Worker } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import { RFMRegressor } from '@agop/rfm';
import { samples } from '../data.ts';

const worker = new Worker(new URL('./long-fit.ts', import.meta.url));
await new Promise((resolve, reject) => {
  worker.once('message', resolve);
  worker.once('error', reject);
});
const code = await worker.terminate();
using backend = await createCpuBackend({ threads: 2 });
const { x, y } = samples(60);
using model = await new RFMRegressor({ backend, iterations: 1 }).fit(x, y);
console.log(`worker ended with ${code}, then a fit with R2 ${(await model.score(x, y)).toFixed(2)}`);
