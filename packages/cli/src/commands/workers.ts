import { command } from '../command.ts';
import { workersOptions } from '../queue/workers-options.ts';

export const workers = command({
  usage: 'workers',
  description: 'Show the workers and jobs of a queue, on a terminal or for Prometheus',
  options: workersOptions,
  examples: ['workers --redis redis://queue:6379 --watch', 'workers --redis redis://queue:6379 --port 9464'],
  load: async () => (await import('../queue/run-workers.ts')).runWorkers,
});
