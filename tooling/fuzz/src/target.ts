import type { AgopErrorCode } from '@agop/core';
import type { Arbitrary } from 'fast-check';
import type { Bench } from './bench.ts';

/**
 * Something that is given odd inputs. Inputs are plain data that JSON can hold: they go to a process that may
 * be killed, and some of them stay in the corpus.
 */
export interface Target<Input = unknown> {
  readonly name: string;
  /** What is tried, and what must hold besides what always must, for people. */
  readonly about: string;
  readonly inputs: Arbitrary<Input>;
  /** All inputs of one change, in order; where there are few enough of them to try each. */
  every?(bench: Bench): Iterable<Input>;
  /** Codes of errors that may refuse an input. */
  readonly refusals: readonly AgopErrorCode[];
  /** How many inputs each `npm test` tries: some seconds of them. */
  readonly inTests: number;
  /** Most seconds that one input may take, of the processor where the system tells. Default 20. */
  readonly seconds?: number;
  /** Most memory of the process that tries it, in MiB. Default 1500. */
  readonly megabytes?: number;
  /**
   * Tries an input. What it throws is judged; see `judge.ts`.
   *
   * @returns what became of it, in a word or two, for the statistics
   */
  run(input: Input, bench: Bench): Promise<string>;
  /** The same input, so that it does not depend on what else this package generates. */
  fixed?(input: Input, bench: Bench): Promise<Input>;
}
