import { type ConformanceCase, conformanceCases, engineCases, lifecycleCases } from '@agop/conformance';
import { createBackend } from '@agop/core/engine';
import { describe, expect, it, test } from 'vitest';
import { lateEngine } from './late-engine.ts';

// Devices that work behind: what they could not do comes to light in a later read.

function casesOf(...groups: readonly string[]): ConformanceCase[] {
  return conformanceCases.filter(({ group }) => groups.includes(group));
}

describe('an engine that refuses memory later passes', () => {
  const backend = createBackend(lateEngine());
  for (const { group, name, run } of casesOf('errors', 'rearrange', 'life')) {
    it(`${group}: ${name}`, () => run(backend));
  }
  for (const { name, run } of lifecycleCases) it(name, () => run(() => createBackend(lateEngine())));
  for (const { name, run } of engineCases) it(name, () => run(() => lateEngine()));
});

test.each([
  ['forgets what was refused', { forgets: true }],
  ['does not say it of what comes from that', { doesNotSpread: true }],
  ['goes on with nothing', { isBrokenByOne: true }],
])('an engine is found that %s', async (_, faults) => {
  const backend = createBackend(lateEngine(faults));
  const found = await Promise.allSettled(casesOf('errors').map(({ run }) => run(backend)));
  expect(found.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
});

test('what comes from refused memory says so, and nothing else is lost', async () => {
  using backend = createBackend(lateEngine());
  const lost = backend.full([2 ** 11, 2 ** 10], 1, 'float64');
  const sum = backend.sum(lost, 'all');
  const sums = backend.concat(
    [sum, sum].map((one) => backend.reshape(one, [1, 1])),
    0,
  );
  const beside = backend.full([2], 2, 'float64');
  for (const tensor of [lost, sum, sums]) {
    await expect(tensor.read()).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  }
  await expect(backend.cholesky(backend.reshape(sum, [1, 1]))).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
  });
  expect(await beside.read()).toEqual(Float64Array.of(2, 2));
});
