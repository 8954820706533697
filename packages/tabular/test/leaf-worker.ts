// A worker that fits trials and leaves, and ends where the seed is 13.
import { parentPort } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import { answerJobs } from '@agop/estimators';
import { runTabularJob, type TabularJob, type TabularResult } from '@agop/tabular';

const backend = await createCpuBackend({ threads: 1 });
if (parentPort) {
  answerJobs<TabularJob, TabularResult>(parentPort, async (job, signal) => {
    if (job.kind === 'leaf' && job.leaf.settings.seed === 13) process.exit(3);
    return await runTabularJob(backend, job, signal);
  });
}
