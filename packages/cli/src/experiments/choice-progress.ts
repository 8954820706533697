import type { TableChoiceEvent, TableChoiceSettings } from '@agop/experiments/table-choice';
import { formatNumber } from '@agop/report';
import { portfolio } from '@agop/tabular';
import type { Context } from '../command.ts';

/** How far a choice of settings is, with the time left. */
export class ChoiceProgress {
  readonly #trials: number | undefined;
  readonly #limit: number | undefined;
  readonly #expected: number | undefined;
  readonly #after: number;
  readonly #started = performance.now();
  #lastTrial = this.#started;

  /**
   * @param expected seconds that all of it takes, where that was worked out beforehand
   * @param after how many trials what comes after them is worth
   */
  constructor({ trials, time }: TableChoiceSettings, expected: number | undefined, after: number) {
    this.#trials = trials ?? (time === undefined ? portfolio.length : undefined);
    this.#limit = time;
    this.#expected = expected;
    this.#after = after;
  }

  tell(event: TableChoiceEvent, context: Context): void {
    switch (event.phase) {
      case 'trial': {
        const { record, done } = event.event;
        this.#lastTrial = performance.now();
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
      case 'fit': {
        const { done, members } = event;
        const left = ((members - done) * (performance.now() - this.#lastTrial)) / 1000 / done;
        context.progress(
          `Fitting all training rows: ${done} of ${members}`,
          done < members ? left : undefined,
        );
        break;
      }
      case 'test':
        context.status('Testing, the last step');
        break;
    }
  }

  #left(done: number | undefined): number | undefined {
    const seconds = (performance.now() - this.#started) / 1000;
    const whole = this.#limit ?? this.#expected;
    // Where it takes longer than was thought, nothing is claimed.
    if (whole !== undefined) return seconds < whole ? whole - seconds : undefined;
    if (done === undefined || this.#trials === undefined) return undefined;
    return (seconds / done) * (Math.max(0, this.#trials - done) + this.#after);
  }
}
