// A worker thread that fits for long, and tells each iteration.
import { parentPort } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import { RFMRegressor } from '@agop/rfm';
import { samples } from '../data.ts';

const backend = await createCpuBackend({ threads: 2 });
const { x, y } = samples(900);
const model = new RFMRegressor({ backend, iterations: 50 });
await model.fit(x, y, { onIteration: () => parentPort?.postMessage('iteration') });
