import type { QueueState } from './queue-state.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/**
 * The state of a queue in the text format of Prometheus.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(state: QueueState): string {
  const jobs: Sample[] = (['waiting', 'active', 'delayed', 'done', 'quarantined'] as const).map((kind) => [
    { state: kind },
    state[kind],
  ]);
  const perWorker = (of: (worker: QueueState['workers'][number]) => number): Sample[] =>
    state.workers.map((worker) => {
      const { id, host, pid, version } = worker;
      return [{ worker: id, host, pid: String(pid), version }, of(worker)];
    });
  return [
    ...metric('agop_jobs', 'gauge', 'Jobs in the queue by state.', jobs),
    ...metric('agop_workers', 'gauge', 'Workers that have told of themselves lately.', [
      [{}, state.workers.length],
    ]),
    ...metric(
      'agop_worker_slots',
      'gauge',
      'Jobs that a worker does at a time.',
      perWorker((one) => one.slots),
    ),
    ...metric(
      'agop_worker_busy',
      'gauge',
      'Jobs that a worker does now.',
      perWorker((one) => one.busy),
    ),
    ...metric(
      'agop_worker_done_total',
      'counter',
      'Jobs that a worker has done.',
      perWorker((one) => one.done),
    ),
    ...metric(
      'agop_worker_failed_total',
      'counter',
      'Attempts that failed.',
      perWorker((one) => one.failed),
    ),
    ...metric(
      'agop_worker_cache_bytes',
      'gauge',
      'Rows that a worker keeps.',
      perWorker((one) => one.cachedBytes),
    ),
    '',
  ].join('\n');
}

function metric(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => `${name}${shown(labels)} ${value}`),
  ];
}

function shown(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
