import { conformanceCases, lifecycleCases } from '@agop/conformance';
import { type Backend, OutOfMemoryError } from '@agop/core';
import { fitKernelMachine, laplace } from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGpuBackend, deviceMemory } from '../src/index.ts';

/** Why there is no device to test on, or undefined. */
async function missingDevice(): Promise<string | undefined> {
  try {
    (await createGpuBackend({ engine: 'cuda' })).dispose();
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return message.split('\n', 1)[0];
  }
}

const missing = await missingDevice();

if (missing) test.skip(`LEFT OUT, tests on a device: ${missing}`);
else describe('on a device', deviceTests);

function deviceTests(): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createGpuBackend({ engine: 'cuda' });
  });
  afterAll(() => backend.dispose());

  for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
  for (const { name, run } of lifecycleCases) {
    test(name, () => run(() => createGpuBackend({ engine: 'cuda' })));
  }

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

  test('1,000 fits leave no memory behind, on the backend or on the device', {
    timeout: 300_000,
  }, async () => {
    using own = await createGpuBackend({ engine: 'cuda' });
    using x = own.random([300, 20], 'normal', { seed: 1 }, 'float32');
    using y = own.random([300, 2], 'normal', { seed: 2 }, 'float32');
    const fit = async (): Promise<void> => {
      using machine = await fitKernelMachine({ backend: own, kernel: laplace({ bandwidth: 5 }), x, y });
      machine.agop().dispose();
    };
    for (let round = 0; round < 10; round++) await fit();
    const [before, reserved] = [own.memory(), deviceMemory(own).reservedBytes];
    for (let round = 0; round < 1000; round++) await fit();
    expect(own.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    expect(deviceMemory(own).reservedBytes).toBe(reserved);
  });
}
