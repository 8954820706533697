import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from './fault.ts';

/** What became of a fault. */
export interface Outcome {
  readonly group: string;
  readonly name: string;
  readonly holds: string;
  readonly result: 'held' | 'did not hold' | 'not tried';
  /** What was seen, or why it was not tried. */
  readonly seen: string;
  readonly seconds: number;
}

/** How faults are tried. */
export interface TryOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** Tries faults, one after the other, each in a folder of its own. */
export async function tryFaults(faults: readonly Fault[], options: TryOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const fault of faults) {
    const outcome = await tryFault(fault, options);
    options.onOutcome?.(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function tryFault(fault: Fault, { seed, rounds }: TryOptions): Promise<Outcome> {
  const { group, name, holds } = fault;
  const missing = fault.missing?.();
  if (missing !== undefined) return { group, name, holds, result: 'not tried', seen: missing, seconds: 0 };
  const folder = mkdtempSync(join(tmpdir(), 'agop-faults-'));
  const started = performance.now();
  const random = randomNumbers(seed);
  let result: Outcome['result'] = 'held';
  let seen: string;
  try {
    seen = await fault.run({ folder, rounds, random });
  } catch (error) {
    result = 'did not hold';
    seen = error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { group, name, holds, result, seen, seconds: (performance.now() - started) / 1000 };
}

/** Numbers from 0 to 1 by a linear congruential generator: enough for moments of kills. */
function randomNumbers(seed: number): () => number {
  let state = (seed ^ 0x5deece66) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
