import { dirname, join } from 'node:path';
import { directionOf } from '@agop/estimators';
import {
  metricOf,
  type TableChoiceData,
  type TableChoiceEvent,
  type TableChoiceSettings,
} from '@agop/experiments/table-choice';
import { formatNumber } from '@agop/report';
import type { DriverState, QueueExecutor } from '@agop/workers';
import type { Context } from '../command.ts';
import { type FitQueueChoice, queueAddress } from './queue-options.ts';

/** A fit whose jobs go to workers by a queue. */
export interface FitQueue {
  readonly executor: QueueExecutor;
  /** Jobs that the workers do at a time, at its begin; at least 1. */
  readonly slots: number;
  /** Where its progress is shown: with what the workers do, or as lines of JSON. */
  readonly shown: Context;
  /** Tells what a trial, a fold or a leaf has brought. */
  tell(event: TableChoiceEvent): void;
  close(): Promise<void>;
}

type Options = FitQueueChoice & TableChoiceSettings & { readonly json: boolean };

/** Milliseconds between two looks at the workers. */
const every = 1000;

/**
 * Opens the queue that `--redis` names; undefined where it names none.
 *
 * @throws {UnavailableError} where Redis does not answer, or only workers of another version have joined
 * @throws {StorageError} where rows cannot be put where workers find them
 */
export async function openFitQueue(
  options: Options,
  { path, preprocessor }: TableChoiceData & { readonly path: string },
  context: Context,
): Promise<FitQueue | undefined> {
  const address = await queueAddress(options);
  if (address === undefined) return undefined;
  const { queueExecutor } = await import('@agop/workers');
  const { shared = join(dirname(path), '.agop-rows'), s3Endpoint, json } = options;
  const emit = (event: object): void => {
    if (json) context.note(JSON.stringify(event));
  };
  const executor = await queueExecutor({
    ...address,
    shared,
    ...(s3Endpoint !== undefined && { s3: { endpoint: s3Endpoint } }),
    onQuarantine: ({ name, trainer, reason }) => {
      emit({ event: 'quarantined', job: name, trainer, reason });
      if (!json) context.note(`agop: job ${name} (${trainer}) failed wherever it was tried: ${reason}`);
    },
    onConnection: (connected) => {
      emit({ event: 'connection', connected });
      if (!json) context.note(connected ? 'agop: Redis is back.' : 'agop: Redis is lost; waiting for it.');
    },
  });
  const first = await executor.state();
  const slots = first.workers.reduce((sum, worker) => sum + worker.slots, 0);
  if (slots === 0) {
    emit({ event: 'no-workers', shared });
    if (!json)
      context.note(`agop: No worker has joined yet. Start some: agop worker --redis … --root ${shared}`);
  }
  const metric = metricOf(options, preprocessor.task);
  const display = new Display(context, directionOf(metric), emit, json);
  display.state(first);
  const looking = setInterval(
    () =>
      executor.state().then(
        (state) => display.state(state),
        () => {},
      ),
    every,
  );
  looking.unref();
  return {
    executor,
    slots: Math.max(1, slots),
    shown: { ...context, progress: (text, left) => display.progress(text, left) },
    tell: (event) => display.tell(event),
    async close() {
      clearInterval(looking);
      const { known } = await executor.state();
      if (known > 0) {
        emit({ event: 'known', jobs: known });
        if (!json) context.note(`agop: ${known} results were known from before, and not worked out again.`);
      }
      await executor.close();
    },
  };
}

/** All workers in one line of progress, or as events. */
class Display {
  readonly #context: Context;
  readonly #better: 'higher' | 'lower';
  readonly #emit: (event: object) => void;
  readonly #json: boolean;
  #workers = '';
  #best: number | undefined;
  #last: { readonly text: string; readonly until: number | undefined } | undefined;

  constructor(context: Context, better: 'higher' | 'lower', emit: (event: object) => void, json: boolean) {
    this.#context = context;
    this.#better = better;
    this.#emit = emit;
    this.#json = json;
  }

  state({ open, done, quarantined, workers }: DriverState): void {
    const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
    const machines = new Set(workers.map(({ host }) => host)).size;
    const on = machines === 1 ? '' : ` on ${machines} machines`;
    const who = `${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}${on}`;
    const words = `${who}, ${open} ${open === 1 ? 'job' : 'jobs'} open`;
    if (words === this.#workers) return;
    this.#workers = words;
    this.#emit({ event: 'workers', workers: workers.length, machines, slots, open, done, quarantined });
    // Nobody reads lines that say nothing new of the fit.
    if (this.#context.watched) this.#show();
  }

  tell(event: TableChoiceEvent): void {
    if (event.phase === 'trial') {
      const { record, done, seconds } = event.event;
      const { trial, rung, score, failure } = record;
      if (score !== undefined && this.#isBetter(score)) this.#best = score;
      this.#emit({
        event: 'trial',
        trial,
        rung,
        score: score ?? null,
        best: this.#best ?? null,
        done,
        seconds,
        settings: event.settings,
        ...(failure !== undefined && { failure }),
      });
    } else if (event.phase === 'leaf') {
      const { leaf, done, leaves } = event.event;
      this.#emit({ event: 'leaf', leaf, done, leaves });
    } else {
      const { phase, ...facts } = event;
      this.#emit({ event: phase, ...facts });
    }
  }

  progress(text: string, secondsLeft: number | undefined): void {
    if (this.#json) return;
    const until = secondsLeft === undefined ? undefined : performance.now() + 1000 * secondsLeft;
    this.#last = { text, until };
    this.#show();
  }

  #show(): void {
    if (!this.#last || this.#json) return;
    const { text, until } = this.#last;
    const best = this.#best === undefined ? '' : ` · best ${formatNumber(this.#best)}`;
    const left = until === undefined ? undefined : Math.max(0, (until - performance.now()) / 1000);
    this.#context.progress(`${text}${best} · ${this.#workers}`, left);
  }

  #isBetter(score: number): boolean {
    if (this.#best === undefined) return true;
    return this.#better === 'higher' ? score > this.#best : score < this.#best;
  }
}
