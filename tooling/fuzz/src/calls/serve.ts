import { MessageChannel } from 'node:worker_threads';
import { RFMRegressor } from '@agop/rfm';
import { handOver, ModelWorker, PredictionQueue } from '@agop/serve';
import { serveModels } from '@agop/serve/worker';
import { type Call, type Fitted, open } from './call.ts';
import { rows, values } from './sample-data.ts';

/** Functions of @agop/serve: a queue, and both sides of a channel in one thread. */
export const serveCalls: readonly Call[] = [
  {
    takesAnything: true,
    of: ['PredictionQueue'],
    args: () => [
      { predict: async ({ shape }: { shape: readonly number[] }) => new Float64Array(shape[0] ?? 0) },
      { rows: 8, delay: 1, waitingRows: 100 },
      ...[rows(), { signal: new AbortController().signal }],
    ],
    call: async (model, options, x, how) => {
      const queue: PredictionQueue<{ predict(): Promise<unknown> }> = Reflect.construct(PredictionQueue, [
        model,
        options,
      ]);
      try {
        await Promise.all([Reflect.apply(queue.predict, queue, [x, how]), queue.predict(rows())]);
      } finally {
        queue.dispose();
      }
    },
  },
  {
    takesAnything: true,
    of: ['ModelWorker', 'serveModels'],
    ours: ['0'],
    args: ({ backend }) => [
      backend,
      { patience: 1000 },
      'values',
      { ridge: 0.01, iterations: 1, dtype: 'float64' },
      ...[rows(), values(), { validation: 0.3, onIteration: () => {}, signal: new AbortController().signal }],
      ...[rows(), {}],
    ],
    call: async (backend, options, name, given, x, y, how, more, saving) => {
      const { port1, port2 } = new MessageChannel();
      const served: RFMRegressor[] = [];
      const values = (own: object): RFMRegressor => {
        const one: RFMRegressor = Reflect.construct(RFMRegressor, [{ backend, ...own }]);
        served.push(one);
        return one;
      };
      serveModels(() => ({ values }), { port: port2 });
      let worker: ModelWorker<never> | undefined;
      let model: Fitted | undefined;
      try {
        worker = Reflect.construct(ModelWorker, [port1, options]);
        model = await Reflect.apply(ModelWorker.prototype.make, worker, [name, given]);
        await model?.fit(x, y, how);
        await model?.predict(more);
        return await model?.toBytes(saving);
      } finally {
        worker?.dispose();
        port1.close();
        port2.close();
        for (const one of served) one.dispose();
      }
    },
  },
  open('handOver', handOver, () => [rows()]),
];
