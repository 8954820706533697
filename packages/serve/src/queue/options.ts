import { OptionError } from '@agop/core';
import { checkGiven, checkNonNegative, checkWhole } from '@agop/core/options';
import { longestTimer } from '../wire/longest-timer.ts';

/** Options of {@link PredictionQueue}. */
export interface QueueOptions {
  /** Most rows of one product. Default 512. */
  readonly rows?: number;
  /**
   * How long the first request of a product waits for others, in milliseconds. Default 0: those that arrive
   * together are joined, and those that arrive while a product runs make the next one.
   */
  readonly delay?: number;
  /** Most rows that may wait; what is more is refused with an `OverloadedError`. Default 100,000. */
  readonly waitingRows?: number;
}

/** Checks the options and fills in the defaults. @throws {OptionError} */
export function queueSettings(options: QueueOptions): Required<QueueOptions> {
  checkGiven('PredictionQueue', options, { rows: true, delay: true, waitingRows: true });
  return {
    rows: checkWhole('rows', options.rows ?? 512, 1),
    delay: checkDelay(options.delay ?? 0),
    waitingRows: checkWhole('waitingRows', options.waitingRows ?? 100_000, 1),
  };
}

function checkDelay(delay: number): number {
  checkNonNegative('delay', delay);
  if (delay > longestTimer)
    throw new OptionError('delay', { requirement: `be at most ${longestTimer}`, received: delay });
  return delay;
}
