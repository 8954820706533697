import { fitKernelMachine, laplace } from '@agop/rfm';
import { expect, test } from 'vitest';
import { createGpuBackend, deviceMemory } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';

const missing = await missingDevice();
/** Fewer where a device is emulated. */
const fits = Number(process.env['AGOP_FITS'] ?? 1000);

if (missing) test.skip(`LEFT OUT, 1,000 fits on a device: ${missing}`);
else {
  test(`${fits} fits leave no memory behind, on the backend or on the device`, {
    timeout: 300_000,
  }, async () => {
    using own = await createGpuBackend({ engine: 'cuda' });
    using x = own.random([300, 20], 'normal', { seed: 1 }, 'float32');
    using y = own.random([300, 2], 'normal', { seed: 2 }, 'float32');
    const fit = async (): Promise<void> => {
      using machine = await fitKernelMachine({ backend: own, kernel: laplace({ bandwidth: 5 }), x, y });
      machine.agop().dispose();
    };
    expect(fits).toBeGreaterThanOrEqual(1);
    for (let round = 0; round < 10; round++) await fit();
    const [before, reserved] = [own.memory(), deviceMemory(own)];
    for (let round = 0; round < fits; round++) await fit();
    expect(own.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    const after = deviceMemory(own);
    expect(after.reservedBytes).toBe(reserved.reservedBytes);
    // Other programs may use the device; libraries load a few kernels more.
    expect(reserved.freeBytes - after.freeBytes).toBeLessThan(2 ** 26);
  });
}
