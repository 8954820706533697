import { describeFailure, type FromWorker, type ToWorker } from './messages.ts';

/** Where a worker hears and answers: `parentPort` of `node:worker_threads`, or `self` of a web worker. */
export type JobPort = { postMessage(message: unknown): void } & (
  | { on(event: 'message', listener: (message: unknown) => void): unknown }
  | { addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void }
);

/**
 * The other end of {@link workerExecutor}, inside a worker: does the jobs that come, one after the other.
 *
 * @param work does a job, with what the worker has, such as a backend; its result is plain data
 *
 * @example
 * // tree-worker.ts
 * if (parentPort) answerJobs<TreeJob, TreeArrays>(parentPort, async (job) => growTreeOf(job));
 */
export function answerJobs<Job, Result>(
  port: JobPort,
  work: (job: Job, signal: AbortSignal) => Promise<Result>,
): void {
  const running = new Map<number, AbortController>();
  let last: Promise<void> = Promise.resolve();
  const answer = (message: FromWorker<Result>): void => port.postMessage(message);
  const hear = (data: unknown): void => {
    const message = data as ToWorker<Job>;
    if (message.kind === 'abort') {
      running.get(message.id)?.abort();
      return;
    }
    const { id, job } = message;
    const controller = new AbortController();
    running.set(id, controller);
    last = last.then(async () => {
      try {
        answer({ kind: 'result', id, result: await work(job, controller.signal) });
      } catch (error) {
        answer({ kind: 'failure', id, failure: describeFailure(error) });
      } finally {
        running.delete(id);
      }
    });
  };
  if ('on' in port) port.on('message', hear);
  else port.addEventListener('message', ({ data }) => hear(data));
}
