import { conformanceCases } from '@agop/conformance';
import { UnavailableError } from '@agop/core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { createTfjsNodeGpuBackend } from '../src/node-gpu.ts';

/** tfjs-node-gpu as the engine sees it: a tfjs backend 'tensorflow' that says whether it found a GPU. */
function register(isUsingGpuDevice: boolean): void {
  tf.registerBackend('tensorflow', () => Object.assign(new MathBackendCPU(), { isUsingGpuDevice }));
  tf.copyRegisteredKernels('cpu', 'tensorflow');
}

afterEach(() => {
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
    tf.unregisterKernel(kernelName, 'tensorflow');
  if (tf.engine().findBackend('tensorflow')) tf.removeBackend('tensorflow');
});

describe('tfjs-node-gpu', () => {
  it('is a backend through the adapter', async () => {
    register(true);
    using backend = await createTfjsNodeGpuBackend({ tf });
    expect(backend.name).toBe('tfjs-node-gpu');
    expect(backend.device).toMatchObject({ engine: 'tfjs-node-gpu', details: { tfjsBackend: 'tensorflow' } });
    const some = conformanceCases.filter(({ group }) => ['matmul', 'cholesky', 'eigh'].includes(group));
    expect(some.length).toBeGreaterThan(20);
    for (const { run } of some) await run(backend);
  });

  it('refuses to compute on the CPU in the name of a GPU', async () => {
    register(false);
    await expect(createTfjsNodeGpuBackend({ tf })).rejects.toThrow(/found no GPU.*compute capability 8\.6/);
  });

  it('says what to install where it is not installed', async () => {
    const creation = createTfjsNodeGpuBackend();
    await expect(creation).rejects.toThrow(UnavailableError);
    await expect(creation).rejects.toThrow(/npm (install|rebuild) @tensorflow\/tfjs-node-gpu/);
  });
});
