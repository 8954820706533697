import { flag, whole } from '@agop/core/options';
import { queueOptions } from './queue-options.ts';

/** Options of `agop workers`. */
export const workersOptions = {
  ...queueOptions,
  watch: flag({ description: 'Show it anew every 2 seconds, until interrupted' }),
  port: whole({
    from: 0,
    to: 65_535,
    placeholder: 'number',
    description: 'Serve /metrics for Prometheus and a page on this port of 127.0.0.1, until interrupted',
  }),
  retry: flag({ description: 'Have quarantined jobs tried again' }),
  clear: flag({ description: 'Take waiting and quarantined jobs and kept results out of the queue' }),
  json: flag({ description: 'Print JSON to standard output: one object, or one each time with --watch' }),
};
