import type { Backend } from '@agop/core';
import type { GrokkingIteration, GrokkingResult } from '@agop/grokking';
import type { GrokSettings } from './settings.ts';

/** What `grok --json` prints. The same command on the same backend gives the same numbers, the times apart. */
export interface GrokSummary {
  /** Formulas of the operations: one, or two with a task bit. */
  readonly operations: readonly string[];
  readonly p: number;
  /** Share of the table that trains. */
  readonly fraction: number;
  readonly trainingPairs: number;
  readonly testPairs: number;
  readonly kernel: { readonly name: string; readonly parameters: Readonly<Record<string, number>> };
  readonly ridge: number;
  readonly seed: number;
  readonly backend: string;
  readonly device: string;
  readonly dtype: string;
  /** With two operations, `circulantDeviation` is that of the first; `operations` has the measures and the deviation of each. */
  readonly iterations: readonly Omit<GrokkingIteration, 'seconds'>[];
  /** First iteration with 100 % test accuracy; null if there is none. */
  readonly grokked: number | null;
  /** Why the run ended before its last iteration, if it did. */
  readonly endedEarly?: string;
  /** Of the run alone. */
  readonly seconds: number;
  readonly report?: string;
}

export function grokSummary(
  settings: GrokSettings,
  backend: Backend,
  { task, iterations, seconds }: GrokkingResult,
  report: string | undefined,
  endedEarly: string | undefined,
): GrokSummary {
  const { kernel, ridge, seed, dtype } = settings;
  const grokked = iterations.find(({ testAccuracy }) => testAccuracy === 1);
  return {
    operations: task.operations.map(({ formula }) => formula),
    p: task.p,
    fraction: task.fraction,
    trainingPairs: task.train.size,
    testPairs: task.test.size,
    kernel: { name: kernel.name, parameters: kernel.parameters },
    ridge,
    seed,
    backend: backend.name,
    device: backend.device.description,
    dtype,
    iterations: iterations.map(({ seconds: _, ...measures }) => measures),
    grokked: grokked?.iteration ?? null,
    ...(endedEarly !== undefined && { endedEarly }),
    seconds,
    ...(report !== undefined && { report }),
  };
}
