import { createCpuBackend } from '@agop/backend-cpu';
import { conformanceCases, lifecycleCases } from '@agop/conformance';
import { arcCosineRecursionCases } from '@agop/conv-rfm/conformance';
import { afterAll, describe, expect, inject, test } from 'vitest';

describe('the wasm engine on the main thread of a page', async () => {
  const backend = await createCpuBackend();
  afterAll(() => backend.dispose());

  test('uses threads exactly where the page has shared memory', () => {
    const cores = Math.min(navigator.hardwareConcurrency, 64);
    const threads = inject('isolated') ? cores : 1;
    expect(backend.device.details).toMatchObject({ threads, sharedMemory: threads > 1 });
  });

  for (const { group, name, run } of [...conformanceCases, ...arcCosineRecursionCases]) {
    test(`${group}: ${name}`, () => run(backend));
  }
  for (const { name, run } of lifecycleCases) {
    test(`life of a backend: ${name}`, () => run(() => createCpuBackend()));
  }
});
