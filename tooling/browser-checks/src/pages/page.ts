/** The program of a page: it fits on the page's own thread and in a worker, and tells what came of it. */
import { createCpuBackend } from '@agop/backend-cpu';
import { laplace, RFMRegressor } from '@agop/rfm';
import { ModelWorker, PredictionQueue } from '@agop/serve';
import type { models } from './model.worker.ts';
import { x, y } from './problem.ts';

type Told = Readonly<Record<string, unknown>>;

const lesser = location.search.includes('without-dispose') ? '.without-dispose' : '';

const startWorker = (file = `model.worker${lesser}.js`): ModelWorker<typeof models> =>
  new ModelWorker<typeof models>(new Worker(`${file}${location.search}`, { type: 'module' }));

/** What the tests ask the page to do. */
const tasks: Readonly<Record<string, () => Promise<Told>>> = {
  async onThePage() {
    using backend = await createCpuBackend();
    using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 2 });
    await model.fit(x, y);
    const { threads, noMoreThreads } = backend.device.details;
    const score = await model.score(x, y);
    const hasSymbol = Reflect.get(Symbol, 'dispose') !== undefined;
    return { score, threads, noMoreThreads, hasSymbol };
  },

  async inAWorker() {
    using worker = startWorker();
    using model = await worker.make('values');
    const seen: number[] = [];
    await model.fit(x, y, { onIteration: ({ iteration }) => seen.push(iteration) });
    const queue = new PredictionQueue(model);
    const joined = await Promise.all(x.slice(0, 20).map((row) => queue.predict([row])));
    const whole = await model.predict(x.slice(0, 20));
    const differences = joined.map(([value = 0], i) => Math.abs(value - (whole[i] ?? 0)));
    const description = await (await worker.make('describing')).describe();
    return { score: await model.score(x, y), seen, difference: Math.max(...differences), description };
  },

  async workerThatEnds() {
    using worker = startWorker();
    return await (await worker.make('closing')).end();
  },

  async workerThatDoesNotLoad() {
    using worker = startWorker('none.js');
    await worker.make('values');
    return {};
  },
};

/** Does a task; an error is told by what programs see of it. */
async function run(name: string): Promise<Told> {
  try {
    return (await tasks[name]?.()) ?? {};
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: error instanceof Error && 'code' in error ? error.code : undefined, message };
  }
}

Reflect.set(globalThis, 'run', run);
