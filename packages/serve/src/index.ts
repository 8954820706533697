export { handOver } from './client/arguments.ts';
export { ModelWorker, type ModelWorkerOptions } from './client/model-worker.ts';
export type { RemoteModel } from './client/remote-model.ts';
export type { QueueOptions } from './queue/options.ts';
export {
  PredictionQueue,
  type Predictor,
  type RequestOptions,
  type SamplesOf,
} from './queue/prediction-queue.ts';
export type { RowExtrapolation } from './queue/row-extrapolation.ts';
export type { Port } from './wire/port.ts';
