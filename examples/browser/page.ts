// A page that fits a model in a worker, and asks it for each move of a slider.
//
//   npx vite examples/browser
import { ModelWorker, PredictionQueue } from '@agop/serve';
import type { models } from './model.worker.ts';

const status = document.querySelector('p');
const slider = document.querySelector('input');
const output = document.querySelector('output');

// 500 rows of three features; the target is the product of the first two.
const x = Array.from({ length: 500 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
const y = x.map(([a = 0, b = 0]) => a * b);

const worker = new ModelWorker<typeof models>(
  new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module' }),
);
const model = await worker.make('products');
await model.fit(x.slice(0, 400), y.slice(0, 400), {
  validation: 0.2,
  onIteration: ({ iteration }) => {
    if (status) status.textContent = `Update ${iteration} of the metric`;
  },
});
const score = await model.score(x.slice(400), y.slice(400));
if (status) status.textContent = `R² ${score.toFixed(3)} on rows that were held out`;

// Moves that come while the worker computes are answered together.
const queue = new PredictionQueue(model);
async function show(): Promise<void> {
  const [prediction = 0] = await queue.predict([[slider?.valueAsNumber ?? 0, 0.5, 0]]);
  if (output) output.textContent = prediction.toFixed(3);
}
slider?.addEventListener('input', () => void show());
await show();
