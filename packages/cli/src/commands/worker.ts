import { command } from '../command.ts';
import { workerOptions } from '../queue/worker-options.ts';

export const worker = command({
  usage: 'worker',
  description: 'Join the workers of a queue: do jobs of agop fit --redis, until interrupted',
  options: workerOptions,
  examples: [
    'worker --redis redis://queue:6379 --root /mnt/shared',
    'worker --redis rediss://queue:6380 --ca queue.pem --root s3://rows/agop --jobs 4 --threads 2',
  ],
  load: async () => (await import('../queue/run-worker.ts')).runWorker,
});
