// What a page does that a bundler has made: it fits on its own thread and in a worker.
import { createCpuBackend } from '@agop/backend-cpu';
import { laplace, RFMRegressor } from '@agop/rfm';
import { ModelWorker, PredictionQueue } from '@agop/serve';

const x = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
const y = x.map(([a, b]) => a * b);

export async function fitTwice() {
  const backend = await createCpuBackend();
  const here = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 2 });
  await here.fit(x, y);
  const worker = new ModelWorker(
    new Worker(new URL('./model.worker.js', import.meta.url), { type: 'module' }),
  );
  const there = await worker.make('values');
  await there.fit(x, y);
  const queue = new PredictionQueue(there);
  const [[joined], [alone]] = [await queue.predict(x.slice(0, 1)), await here.predict(x.slice(0, 1))];
  const scores = [await here.score(x, y), await there.score(x, y)];
  worker.dispose();
  here.dispose();
  backend.dispose();
  return { scores, difference: Math.abs(joined - alone) };
}
