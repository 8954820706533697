import { MessageChannel } from 'node:worker_threads';
import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { estimatorCases, type TestedEstimator } from '@agop/estimators/cases';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import { ModelWorker } from '@agop/serve';
import { serveModels } from '@agop/serve/worker';
import { describe, expect, test } from 'vitest';

/** Both sides of a worker in one thread: all that crosses is cloned, and the tensors there can be counted. */
function served(backend: Backend) {
  const { port1, port2 } = new MessageChannel();
  const models = serveModels(
    () => ({
      classes: () => new RFMClassifier({ backend, iterations: 2 }),
      savedClasses: (bytes: Uint8Array) => RFMClassifier.load(bytes, { backend }),
      values: () => new RFMRegressor({ backend, iterations: 2 }),
      savedValues: (bytes: Uint8Array) => RFMRegressor.load(bytes, { backend }),
    }),
    { port: port1 },
  );
  const end = (): void => port1.close();
  return { worker: new ModelWorker<typeof models>(port2), end };
}

type Worker = ReturnType<typeof served>['worker'];

/** The cases make estimators at once, where a worker takes a moment. */
class Lazy implements TestedEstimator {
  readonly #made: Promise<TestedEstimator>;
  #model: TestedEstimator | undefined;

  constructor(made: Promise<TestedEstimator>) {
    this.#made = made.then((model) => {
      this.#model = model;
      return model;
    });
  }

  get fitted(): boolean {
    return this.#model?.fitted ?? false;
  }

  get attachments(): Readonly<Record<string, string>> {
    return this.#model?.attachments ?? {};
  }

  async fit(x: unknown, y: unknown, options?: object): Promise<unknown> {
    const model = await this.#made;
    return (await model.fit(x, y, options)) === model ? this : undefined;
  }

  async predict(x: unknown): Promise<unknown> {
    return (await this.#made).predict(x);
  }

  async score(x: unknown, y: unknown): Promise<number> {
    return (await this.#made).score(x, y);
  }

  async toBytes(options?: { readonly attachments?: Readonly<Record<string, string>> }): Promise<Uint8Array> {
    return (await this.#made).toBytes(options);
  }

  dispose(): void {
    if (this.#model) this.#model.dispose();
    else void this.#made.then((model) => model.dispose());
  }
}

/** Cases that look at what is left at once, or at work that an order of the same moment overtakes. */
const local = ['disposed under a fit or a prediction, it says what happened'];

describe.each(['classification', 'regression'] as const)('a remote %s', (task) => {
  let worker: Worker;
  const make = (bytes?: Uint8Array): Promise<TestedEstimator> =>
    (task === 'classification'
      ? bytes
        ? worker.make('savedClasses', bytes)
        : worker.make('classes')
      : bytes
        ? worker.make('savedValues', bytes)
        : worker.make('values')) as Promise<TestedEstimator>;
  const subject = {
    task,
    create: () => new Lazy(make()),
    load: async (bytes: Uint8Array) => new Lazy(Promise.resolve(await make(bytes))),
  };

  test.each(estimatorCases(subject).filter(({ name }) => !local.includes(name)))('$name', async ({ run }) => {
    const [here, there] = [createNaiveBackend(), createNaiveBackend()];
    const pair = served(there);
    worker = pair.worker;
    try {
      await run(here);
      // Orders are obeyed in turn: after this one, all models have been freed.
      await make();
      await new Promise((resolve) => setTimeout(resolve));
      expect(there.memory().tensors).toBe(0);
    } finally {
      pair.end();
    }
  });
});
