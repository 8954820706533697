import { AbortedError, OptionError, ShapeError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  type CompletionOptions,
  completeMatrix,
  madeMatrix,
  unknownError,
} from '@agop/experiments/completion';
import { expect, test } from 'vitest';

const backend = createNaiveBackend();
const made = madeMatrix(40, 2, 700, 1);

async function errors(options: Partial<CompletionOptions>): Promise<number[]> {
  const found: number[] = [];
  for await (const { matrix } of completeMatrix(made.known, { backend, ...options })) {
    found.push(unknownError(made, matrix));
  }
  return found;
}

test.each([0.5, 1] as const)('a matrix of rank 2 from 700 of its 1600 entries, α = %s', async (power) => {
  const ridge = ({ iteration }: { iteration: number } = { iteration: 0 }) => 0.05 * 0.9 ** iteration + 1e-8;
  const found = await errors({ power, iterations: 100, ridge: (step) => ridge(step) });
  expect(found).toHaveLength(101);
  expect(found[0]).toBeGreaterThan(0.5);
  expect(found.at(-1)).toBeLessThan(1e-4);
  expect(backend.memory().tensors).toBe(0);
});

test('known entries stay as they are; a row without any stays 0', async () => {
  const known = {
    rows: 3,
    columns: 4,
    row: Int32Array.of(0, 0, 2),
    column: Int32Array.of(1, 3, 1),
    value: Float64Array.of(5, -1, 2),
  };
  for await (const { matrix } of completeMatrix(known, { backend, iterations: 5 })) {
    expect([matrix[1], matrix[3], matrix[9]]).toEqual([5, -1, 2]);
    expect([...matrix.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
  }
});

test('a matrix is made of the rank and the size that were asked for', () => {
  expect(made.whole.reduce((sum, entry) => sum + entry * entry, 0) / 1600).toBeCloseTo(1, 12);
  const places = new Set(
    made.known.value.map((_, k) => (made.known.row[k] ?? 0) * 40 + (made.known.column[k] ?? 0)),
  );
  expect(places.size).toBe(new Set(made.known.value).size);
  expect(unknownError(made, made.whole)).toBe(0);
});

test('bad input and aborts', async () => {
  const first = (known: Partial<typeof made.known>, options: Partial<CompletionOptions> = {}) =>
    completeMatrix({ ...made.known, ...known }, { backend, ...options }).next();
  await expect(first({ value: new Float64Array(0) })).rejects.toThrow(ShapeError);
  await expect(first({ rows: 3 })).rejects.toThrow(/outside a matrix of 3 x 40/);
  await expect(first({ row: new Int32Array(700), column: new Int32Array(700) })).rejects.toThrow(
    /known twice/,
  );
  await expect(first({ value: made.known.value.map(() => Number.NaN) })).rejects.toThrow(ValueError);
  await expect(first({}, { ridge: -1 })).rejects.toThrow(/ridge/);
  await expect(first({}, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
});

test('what is no matrix', () => {
  expect(() => madeMatrix(1e9, 1, 1, 0)).toThrow(OptionError);
  expect(() => unknownError(made, new Float64Array(3))).toThrow(OptionError);
  expect(() => Reflect.apply(unknownError, undefined, [{ known: null, whole: [1] }, [1]])).toThrow(
    OptionError,
  );
});
