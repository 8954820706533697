// A worker that grows trees.
import { parentPort } from 'node:worker_threads';
import { answerJobs } from '@agop/estimators';
import { growTreeOf, type TreeArrays, type TreeJob } from '@agop/hashing';

if (parentPort) answerJobs<TreeJob, TreeArrays>(parentPort, async (job) => growTreeOf(job));
