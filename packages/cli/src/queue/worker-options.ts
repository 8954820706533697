import { flag, list, number, text, whole } from '@agop/core/options';
import { backendOptions } from '../backends/backends.ts';
import { queueOptions, s3Options } from './queue-options.ts';

const { threads, ...backend } = backendOptions;

/** Options of `agop worker`. */
export const workerOptions = {
  ...queueOptions,
  root: list(
    text({
      placeholder: 'folder',
      description:
        'What may be read, and nothing else: a folder, name=folder where the driver has it under another name, or s3://bucket/prefix; repeatable (required)',
    }),
  ),
  ...s3Options,
  jobs: whole({
    from: 1,
    description: 'Jobs at a time, each with threads of its own',
    defaultWords: 'one per core, or one on a GPU',
  }),
  ...backend,
  threads: { ...threads, description: 'Threads of each job on the cpu backend', defaultWords: '1' },
  cache: number({
    from: 0,
    placeholder: 'GiB',
    description: 'Memory for rows that are kept between jobs, at most',
    default: 1,
  }),
  lock: number({
    from: 1,
    placeholder: 'seconds',
    description: 'A worker that was silent for so long loses its job to another one',
    default: 30,
  }),
  limit: number({
    above: 0,
    placeholder: 'seconds',
    description: 'Longest time of a job; then it is tried elsewhere',
    default: 3600,
  }),
  json: flag({ description: 'Print a line of JSON for each event to standard output' }),
};
