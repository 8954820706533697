// A worker that grows trees.
import { parentPort } from 'node:worker_threads';
import { growTreeOf, type TreeArrays, type TreeJob } from '@agop/hashing';
import { answerJobs } from '@agop/tabular';

if (parentPort) answerJobs<TreeJob, TreeArrays>(parentPort, async (job) => growTreeOf(job));
