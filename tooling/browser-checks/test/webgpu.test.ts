import { createWebGpuBackend } from '@agop/backend-webgpu';
import { conformanceCases } from '@agop/conformance';
import type { Backend } from '@agop/core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { SmallFit } from '../src/small-fit.ts';

/** What of the suite `npm test` runs here; the whole of it runs by `pnpm webgpu:check:browser`. */
const groups = ['make', 'matmul', 'operators', 'cholesky', 'solveTriangular', 'pairwise', 'errors', 'life'];

const missing = !inject('isolated')
  ? 'it is tried on isolated pages'
  : await createWebGpuBackend().then(
      (backend) => {
        backend.dispose();
        return undefined;
      },
      (error: Error) => error.message,
    );

if (missing) test.skip(`LEFT OUT, WebGPU in a browser: ${missing}`);
else {
  describe('the webgpu engine on the main thread of a page', () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await createWebGpuBackend();
    });
    afterAll(() => backend.dispose());
    for (const { group, name, run } of conformanceCases) {
      if (inject('wholeWebGpu') || groups.includes(group)) test(`${group}: ${name}`, () => run(backend));
    }
  });

  test('a fit in a Web Worker finds what the CPU finds', async () => {
    const worker = new Worker(new URL('../src/webgpu-worker.ts', import.meta.url), { type: 'module' });
    const answer = await new Promise<{ device: SmallFit; processor: SmallFit; tensors: number }>(
      (resolve, reject) => {
        worker.onmessage = ({ data }) =>
          'failure' in data ? reject(new Error(data.failure)) : resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      },
    );
    worker.terminate();
    expect(answer.tensors).toBe(0);
    for (const [i, importance] of answer.device.importances.entries()) {
      expect(importance).toBeCloseTo(answer.processor.importances[i] as number, 4);
    }
    for (const [i, prediction] of answer.device.predictions.entries()) {
      expect(prediction).toBeCloseTo(answer.processor.predictions[i] as number, 3);
    }
  });
}
