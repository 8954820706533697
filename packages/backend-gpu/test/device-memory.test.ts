import { OutOfMemoryError } from '@agop/core';
import { expect, test } from 'vitest';
import { createGpuBackend, deviceMemory } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';

const missing = await missingDevice();

if (missing) test.skip(`LEFT OUT, running out of memory on a device: ${missing}`);
else {
  test('out of memory is an error with both sizes, and the backend goes on', {
    timeout: 120_000,
  }, async () => {
    using own = await createGpuBackend({ engine: 'cuda' });
    const { freeBytes } = deviceMemory(own);
    const part = Math.floor(freeBytes / 8 / 3);
    const held = [own.full([part], 1, 'float64'), own.full([part], 2, 'float64')];
    let failure: unknown;
    try {
      own.full([2 * part], 3, 'float64');
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(OutOfMemoryError);
    const { requestedBytes, availableBytes = Number.NaN } = failure as OutOfMemoryError;
    expect(requestedBytes).toBe(2 * part * 8);
    expect(availableBytes).toBeLessThan(requestedBytes);
    for (const tensor of held) tensor.dispose();
    using again = own.full([2 * part], 4, 'float64');
    using sum = own.max(again, 'all');
    expect((await sum.read())[0]).toBe(4);
  });

  test('a factor without room is an error of memory, after which all goes on', {
    timeout: 120_000,
  }, async () => {
    using own = await createGpuBackend({ engine: 'cuda' });
    using a = own.identity(3500, 'float64');
    using small = own.identity(40, 'float64');
    // All but some 64 MB, in pieces as the pool takes them: a factor of 98 MB has no room.
    const piece = 2 ** 25;
    const pieces = Math.floor((deviceMemory(own).freeBytes - 2 ** 26) / piece);
    const filler = own.full([(pieces * piece) / 8], 1, 'float64');
    const outcome = await own.cholesky(a).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(OutOfMemoryError);
    filler.dispose();
    using factor = await own.cholesky(small, { ridge: 3 });
    expect((await factor.read())[0]).toBe(2);
  });
}
