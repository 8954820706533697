import { createGpuBackend } from '@agop/backend-gpu';
import { bytesPerElement } from '@agop/core';
import { fitKernelMachine, laplace } from '@agop/rfm';
import { expect, test } from 'vitest';
import { countSteps } from '../src/counts/count.ts';
import { CountingLibraries, h100 } from '../src/counts/counting-libraries.ts';
import { renewed } from '../src/counts/page.ts';

test('a fit asks little more of the libraries than its launches and products', async () => {
  for (const dtype of ['float32', 'float64'] as const) {
    const rows = await countSteps(h100, { n: 16_000, d: 100, dtype, updates: 3 });
    const fit = rows.find(({ step }) => step === 'fit');
    const { calls = 0, launches = 0, libraryCalls = 0, questions = 0 } = fit ?? {};
    expect(launches + libraryCalls).toBeGreaterThan(1000);
    expect(calls).toBeLessThan(1.5 * (launches + libraryCalls));
    // Nothing is asked again and again while the device is busy: one question for each read.
    expect(questions).toBeLessThan(20);
  }
});

test('steps move what the algorithm has to, and little more', async () => {
  const n = 16_000;
  const rows = await countSteps(h100, { n, d: 100, dtype: 'float32', updates: 0 });
  const matrix = n * n * bytesPerElement('float32');
  const memory = (step: string): number => (rows.find((row) => row.step === step)?.memoryBytes ?? 0) / matrix;
  expect(memory('kernel matrix')).toBeLessThan(2);
  // Mirrored, factorised, moved down.
  expect(memory('Cholesky')).toBeLessThan(4);
  expect(memory('two triangular solves')).toBeLessThan(1.01);
  // Less than if its matrix of weights were written and read.
  expect(memory('AGOP')).toBeLessThan(2);
});

test('an AGOP holds no matrix of all pairs', async () => {
  const n = 16_000;
  const libraries = new CountingLibraries(h100);
  using backend = await createGpuBackend({ engine: 'cuda', cacheFolder: false, libraries });
  using x = backend.full([n, 100], 1, 'float32');
  using y = backend.full([n, 1], 1, 'float32');
  using machine = await fitKernelMachine({ backend, kernel: laplace({ bandwidth: 10 }), x, y });
  expect(libraries.largestAllocation).toBeGreaterThanOrEqual(4 * n * n);
  libraries.largestAllocation = 0;
  machine.agop().dispose();
  expect(libraries.largestAllocation).toBeLessThan(h100.cacheBytes);
});

test('a page is renewed between its marks, and nowhere else', () => {
  const page = 'before\n<!-- counts: pnpm gpu:counts --write -->\nold\n<!-- end of counts -->\nafter\n';
  expect(renewed(page, 'new')).toBe(
    'before\n<!-- counts: pnpm gpu:counts --write -->\n\nnew\n\n<!-- end of counts -->\nafter\n',
  );
});
