import { type StartCurve, trainings } from './result.ts';

/** How long trainings will take: an epoch of all weights costs many times one of the readout. */
export class EpochClock {
  readonly #epochs: number;
  readonly #spent = { readout: { epochs: 0, seconds: 0 }, all: { epochs: 0, seconds: 0 } };
  readonly #skipped = { readout: 0, all: 0 };
  #last = 0;

  /** @param epochs of either kind of training, over all seeds and starts */
  constructor(epochs: number) {
    this.#epochs = epochs;
  }

  /** A training begins. */
  start(): void {
    this.#last = performance.now();
  }

  /** Trainings that need not be made. */
  skip(training: StartCurve['training'], epochs: number): void {
    this.#skipped[training] += epochs;
  }

  /** An epoch has ended. @returns seconds that are left, as far as is known */
  tick(training: StartCurve['training']): number {
    const now = performance.now();
    const own = this.#spent[training];
    own.epochs += 1;
    own.seconds += (now - this.#last) / 1000;
    this.#last = now;
    const { readout, all } = this.#spent;
    const known = (readout.seconds + all.seconds) / (readout.epochs + all.epochs);
    return trainings.reduce((left, kind) => {
      const { epochs, seconds } = this.#spent[kind];
      return left + (this.#epochs - this.#skipped[kind] - epochs) * (epochs > 0 ? seconds / epochs : known);
    }, 0);
  }
}
