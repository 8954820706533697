import { createCpuBackend } from '@agop/backend-cpu';
import { Scope } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { createNaiveBackend, naiveEngine } from '@agop/core/naive';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arcCosineRecursionCases } from '../src/conformance.ts';
import { arcCosineRecursion } from '../src/index.ts';

const options = [{ threads: 1 }, { threads: 2 }, { threads: 3 }, { simd: 'baseline' }] as const;

for (const option of options) {
  describe(`the fused recursion of the wasm engine, ${JSON.stringify(option)}`, () => {
    let backend: Awaited<ReturnType<typeof createCpuBackend>>;
    beforeAll(async () => {
      backend = await createCpuBackend(option);
    });
    afterAll(() => backend.dispose());

    test('is there', () => expect(backend.extension(arcCosineRecursion)).toBeDefined());
    for (const { name, run } of arcCosineRecursionCases) test(name, () => run(backend));
  });
}

test('an engine without it passes', async () => {
  using backend = createNaiveBackend();
  expect(backend.extension(arcCosineRecursion)).toBeUndefined();
  for (const { run } of arcCosineRecursionCases) await run(backend);
});

test('a recursion that is only an idea is found', async () => {
  using backend = createBackend({
    ...naiveEngine,
    extensions: { arcCosineRecursion: (_operands, _parameters, out) => void out.buffer.fill(1) },
  });
  const messages: string[] = [];
  for (const { run } of arcCosineRecursionCases) {
    await run(backend).catch((error: Error) => messages.push(error.message));
  }
  expect(messages[0]).toMatch(/^arcCosineRecursion, .* \(float(64|32)\): /);
  expect(backend.memory().tensors).toBe(0);
});

test('what it makes belongs to the scope', async () => {
  using backend = await createCpuBackend({ threads: 1 });
  const x = backend.random([4, 9], 'normal', { seed: 1 }, 'float64');
  {
    using scope = new Scope(backend);
    scope.ops.extension(arcCosineRecursion)?.([x, x], { grids: [{ height: 2, width: 2 }], size: 3 });
    expect(backend.memory().tensors).toBe(2);
  }
  expect(backend.memory().tensors).toBe(1);
});
