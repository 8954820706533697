// Fits in a worker thread, so that the main thread stays free, and brings the model back as bytes.
//
//   node -C @agop/source examples/worker-thread.ts
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { laplace, RFMRegressor } from '@agop/rfm';

const x = Array.from({ length: 600 }, (_, i) => randomArray(10, 'normal', { seed: i }, 'float64'));
const y = x.map((row) => Number(row[0]) * Number(row[1]));

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  let turns = 0;
  const clock = setInterval(() => {
    turns += 1;
  }, 1);
  const [bytes] = await once(worker, 'message');
  clearInterval(clock);
  using backend = await createCpuBackend({ threads: 1 });
  using model = await RFMRegressor.load(bytes, { backend });
  const score = await model.score(x.slice(400), y.slice(400));
  console.log(`R² ${score.toFixed(3)}; meanwhile the main thread took ${turns > 10 ? 'many' : turns} turns`);
} else {
  using backend = await createCpuBackend();
  using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }) });
  await model.fit(x.slice(0, 400), y.slice(0, 400));
  parentPort?.postMessage(await model.toBytes());
}
