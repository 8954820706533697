import type { TableChoiceEvent, TableChoiceSettings } from '@agop/experiments/table-choice';
import { formatNumber } from '@agop/report';
import { portfolio } from '@agop/tabular';
import type { Context } from '../command.ts';

/** How far a choice of settings is, with the time left. */
export class ChoiceProgress {
  readonly #trials: number | undefined;
  readonly #limit: number | undefined;
  readonly #expected: number | undefined;
  readonly #started = performance.now();

  /** @param expected seconds that all of it takes, where that was worked out beforehand */
  constructor({ trials, time }: TableChoiceSettings, expected: number | undefined) {
    this.#trials = trials ?? (time === undefined ? portfolio.length : undefined);
    this.#limit = time;
    this.#expected = expected;
  }

  tell(event: TableChoiceEvent, context: Context): void {
    switch (event.phase) {
      case 'trial': {
        const { record, done } = event.event;
        const score = record.score === undefined ? 'could not be judged' : formatNumber(record.score);
        // Targets with a long tail have a few trials more.
        const count = done <= (this.#trials ?? 0) ? ` of ${this.#trials}` : '';
        const name = record.rung === 0 ? `trial ${done}${count}` : `trial ${done}, round ${record.rung + 1}`;
        context.progress(
          `Choosing settings: ${name} · ${score} · ${event.settings}`,
          this.#left(record.rung === 0 ? done : undefined),
        );
        break;
      }
      case 'leaf': {
        const { done, leaves, secondsLeft } = event.event;
        if (leaves > 1) context.progress(`Fitting leaf ${done} of ${leaves}`, secondsLeft);
        break;
      }
      case 'fit':
        context.progress(`Fitting all training rows: ${event.done} of ${event.members}`);
        break;
      case 'test':
        context.status('Testing');
        break;
    }
  }

  #left(done: number | undefined): number | undefined {
    const seconds = (performance.now() - this.#started) / 1000;
    if (this.#limit !== undefined) return Math.max(0, this.#limit - seconds);
    if (this.#expected !== undefined) return Math.max(0, this.#expected - seconds);
    if (done === undefined || this.#trials === undefined) return undefined;
    return (seconds / done) * Math.max(0, this.#trials - done);
  }
}
