export {
  type DriverState,
  type QueueExecutor,
  type QueueExecutorOptions,
  queueExecutor,
} from './driver/queue-executor.ts';
export { type RedisAddress, shownAddress } from './queue/connection.ts';
export { prometheusText } from './queue/prometheus.ts';
export { openQueueView, type QuarantinedJob, type QueueState, type QueueView } from './queue/queue-state.ts';
export type { WorkerReport } from './queue/registry.ts';
export type { S3Options } from './storage/open.ts';
export {
  type QueueWorker,
  type QueueWorkerOptions,
  startWorker,
  type WorkerEvent,
} from './worker/queue-worker.ts';
export type { EngineOptions } from './worker/slots.ts';
