/**
 * The program of the workers of `tabularWorkers`.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type Backend, OptionError } from '@agop/core';
import { answerJobs } from '@agop/estimators';
import type { TabularWorkersOptions } from './jobs/node-workers.ts';
import { runTabularJob, type TabularJob, type TabularResult } from './jobs/tabular-job.ts';

const { module, create, options }: TabularWorkersOptions = workerData;
const found: Readonly<Record<string, unknown>> = await import(module);
const make = found[create];
if (typeof make !== 'function') {
  throw new OptionError('create', { requirement: `name a function of ${module}`, received: create });
}
const backend: Backend = await make(options);
if (parentPort) {
  answerJobs<TabularJob, TabularResult>(parentPort, (job, signal) => runTabularJob(backend, job, signal));
}
