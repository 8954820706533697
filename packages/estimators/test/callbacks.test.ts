import { NotPositiveDefiniteError } from '@agop/core';
import { expect, test } from 'vitest';
import { Callbacks } from '../src/callbacks.ts';

/** A fit of three steps, which goes on where a step could not be fitted. */
async function steps(options: { readonly onStep?: (step: number) => unknown }): Promise<string> {
  for (let step = 0; step < 3; step++) {
    await Promise.resolve();
    try {
      options.onStep?.(step);
    } catch (error) {
      if (!NotPositiveDefiniteError.isInstance(error)) throw error;
    }
  }
  return 'fitted';
}

const freed: string[] = [];

function fit(onStep: (step: number) => unknown): Promise<string> {
  const callbacks = new Callbacks();
  const options = callbacks.guard({ onStep });
  return callbacks.around(
    () => steps(options),
    (model) => freed.push(model),
  );
}

test('what a callback throws ends the fit', async () => {
  const told: number[] = [];
  const onStep = (step: number) => {
    told.push(step);
    if (step === 1) throw new RangeError('mine');
  };
  await expect(fit(onStep)).rejects.toThrow(new RangeError('mine'));
  expect(told).toEqual([0, 1]);
});

test('it does so where the algorithm takes it for an error of its own', async () => {
  const own = new NotPositiveDefiniteError(1, 0, 3);
  await expect(fit(() => Promise.reject(own))).rejects.toBe(own);
  freed.length = 0;
  const told: number[] = [];
  const onStep = (step: number) => {
    told.push(step);
    throw own;
  };
  await expect(fit(onStep)).rejects.toBe(own);
  expect([told, freed]).toEqual([[0], ['fitted']]);
});

test('a promise that rejects ends the fit, at the last step as well', async () => {
  for (const last of [0, 1, 2]) {
    const onStep = async (step: number) => {
      if (step === last) throw new RangeError('mine');
    };
    await expect(fit(onStep)).rejects.toThrow(new RangeError('mine'));
  }
});

test('a promise is not waited for', async () => {
  expect(await fit(() => new Promise(() => {}))).toBe('fitted');
});

test('other options stay as they are', () => {
  const options = Object.freeze({ validation: 0.2, signal: undefined, weights: [1, 2] });
  expect(new Callbacks().guard(options)).toEqual(options);
});
