import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Candidate, portfolio } from '../src/index.ts';
import { fitCandidate } from '../src/tuner/candidate-fit.ts';
import { matrixOf } from './matrix.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterAll(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

/** The iterations that a candidate with four updates gets, where its fits have these losses. */
async function iterationsOf(rows: number, losses: readonly number[]): Promise<number[]> {
  const x = matrixOf(rows, 2, 1);
  const held = matrixOf(5, 2, 2);
  let judged = 0;
  const candidate: Candidate = { ...(portfolio[0] as Candidate), iterations: 4, ridges: [1] };
  const { fits } = await fitCandidate(
    backend,
    {
      candidate,
      x: { data: x.flat(), rows, columns: 2 },
      held: { data: held.flat(), rows: 5, columns: 2 },
      codes: [],
      targets: Float64Array.from(x, ([a = 0, b = 0]) => a * b),
      outputs: 1,
      weights: undefined,
      comparison: {
        score: { name: 'as told', better: 'lower', of: () => losses[judged++] ?? Number.NaN },
        task: 'regression',
        actual: Float64Array.from(held, ([a = 0, b = 0]) => a * b),
        columns: 1,
        weights: undefined,
      },
      scales: [{ kind: 'none', floor: 0, unit: 1, mean: 0, deviation: 1 }],
      learningRidges: undefined,
      seed: 0,
      deadline: undefined,
    },
    undefined,
  );
  return fits.map(({ iteration }) => iteration);
}

test('on few rows one bad update is not the end, but two in a row are', async () => {
  expect(await iterationsOf(40, [1, 1.2, 0.5, 0.6, 0.5])).toEqual([0, 1, 2, 3, 4]);
  expect(await iterationsOf(40, [1, 1.2, 1.2, 0.5, 0.5])).toEqual([0, 1, 2]);
  // A good one between them begins the count anew.
  expect(await iterationsOf(40, [1, 1.2, 1, 1.2, 0.5])).toEqual([0, 1, 2, 3, 4]);
});

test('on many rows one bad update is the end', async () => {
  expect(await iterationsOf(1001, [1, 1.2, 0.5, 0.5, 0.5])).toEqual([0, 1]);
});
