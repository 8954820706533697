import { conformanceCases } from '@agop/conformance';
import { expect, inject, test } from 'vitest';

test('the wasm engine passes the conformance suite in a Web Worker', async () => {
  const worker = new Worker(new URL('../src/conformance-worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.terminate();
  const threads = inject('isolated') ? Math.min(navigator.hardwareConcurrency, 64) : 1;
  expect(answer).toEqual({ cases: conformanceCases.length, failures: [], threads });
});
