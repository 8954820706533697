// A worker that fits leaves.
import { parentPort } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import { answerJobs, type FittedLeaf, fitLeaf, type LeafJob } from '@agop/tabular';

const backend = await createCpuBackend({ threads: 1 });
if (parentPort) {
  answerJobs<LeafJob, FittedLeaf>(parentPort, async (job, signal) => {
    if (job.settings.seed === 13) process.exit(3);
    return await fitLeaf(backend, job, { signal });
  });
}
