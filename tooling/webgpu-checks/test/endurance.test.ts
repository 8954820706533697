import { createWebGpuBackend } from '@agop/backend-webgpu';
import { randomArray } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { RFMRegressor } from '@agop/rfm';
import { expect, test } from 'vitest';
import { openRuntime } from '../../../packages/backend-webgpu/src/create.ts';
import { openDevice } from '../../../packages/backend-webgpu/src/device/open.ts';
import { webGpuEngine } from '../../../packages/backend-webgpu/src/engine.ts';
import { missingDevice } from '../../../packages/backend-webgpu/test/device-at-hand.ts';

const missing = await missingDevice();
const x = Array.from({ length: 16 }, (_, seed) => randomArray(3, 'normal', { seed }, 'float64'));
const y = x.map(([a = 0, b = 0]) => a * b);

if (missing) test.skip(`LEFT OUT, many fits on WebGPU: ${missing}`);
else {
  test('1,000 fits leave no buffer behind', async () => {
    const runtime = await openRuntime({});
    using backend = createBackend(webGpuEngine(runtime));
    const fit = async (seed: number): Promise<void> => {
      using model = new RFMRegressor({ backend, iterations: seed % 8 === 0 ? 1 : 0, seed });
      await model.fit(x, y);
      await model.predict(x);
    };
    await fit(0);
    const [used, reserved] = [runtime.pool.usedBytes, runtime.pool.reservedBytes];
    for (let seed = 1; seed <= 1000; seed++) await fit(seed);
    expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
    expect([runtime.pool.usedBytes, runtime.pool.reservedBytes]).toEqual([used, reserved]);
  });

  test('a device that is lost in the middle of a fit is an error of ours, and a new backend works', async () => {
    const { gpu, release } = await openDevice(undefined, 'high-performance');
    using backend = await createWebGpuBackend({ device: gpu });
    const model = new RFMRegressor({ backend, iterations: 5 });
    const fitting = model.fit(x, y, {
      onIteration: ({ iteration }) => {
        if (iteration === 1) gpu.destroy();
      },
    });
    await expect(fitting).rejects.toMatchObject({
      code: 'DEVICE',
      message: expect.stringContaining('new backend'),
    });
    expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
    release();
    using fresh = await createWebGpuBackend();
    using again = await new RFMRegressor({ backend: fresh, iterations: 1 }).fit(x, y);
    expect(await again.score(x, y)).toBeGreaterThan(0.5);
  });
}
