/**
 * The program of the workers of `tabularWorkers`.
 *
 * @module
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Backend, OptionError } from '@agop/core';
import { answerJobs } from '@agop/estimators';
import type { TabularWorkersOptions } from './jobs/node-workers.ts';
import { runTabularJob, type TabularJob, type TabularResult } from './jobs/tabular-job.ts';

async function answer(port: MessagePort): Promise<void> {
  const { module, create, options }: TabularWorkersOptions = workerData;
  const found: Readonly<Record<string, unknown>> = await import(module);
  const make = found[create];
  if (typeof make !== 'function') {
    throw new OptionError('create', { requirement: `name a function of ${module}`, received: create });
  }
  const backend: Backend = await make(options);
  answerJobs<TabularJob, TabularResult>(port, (job, signal) => runTabularJob(backend, job, signal));
}

// No `await` at the top: `require` refuses modules that have one. An error ends the worker, which says so.
if (parentPort) void answer(parentPort);
