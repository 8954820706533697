import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend, FloatDType } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import type { Fixture } from '@agop/fixtures';
import { runGrokking } from '@agop/grokking';
import { fitCirculantFeatures, metricDeviations } from '@agop/grokking/analysis';
import { precisions } from '@agop/test-support/engines';
import { describeFixtures, expectOutput } from '@agop/test-support/parity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelOf, taskOf } from './fixture.ts';

/** Pages, where this runs too, have no environment. */
const checksAll = typeof process !== 'undefined' && process.env['AGOP_GROKKING_CHECK'] === '1';

/** Compares a whole run with its fixture. */
async function expectRun(backend: Backend, fixture: Fixture, dtype: FloatDType): Promise<void> {
  const task = taskOf(fixture);
  // Eigenvalues take longer than all the rest: where they are quick, and for p = 31 in `pnpm check:grokking`.
  const kernelEigenvalues = backend.name !== 'naive' && (task.p < 20 || checksAll);
  const result = await runGrokking({
    backend,
    task,
    kernel: kernelOf(fixture),
    iterations: Number(fixture.params['iters']) - 1,
    ridge: Number(fixture.params['ridge']),
    dtype,
    kernelEigenvalues,
  });
  const { iterations, agops, nextMetrics, last } = result;
  const compare = (output: string, actual: ArrayLike<number>): void =>
    expectOutput(fixture, output, actual, dtype);

  compare(
    'train_mse',
    iterations.map((i) => i.trainLoss),
  );
  compare(
    'test_mse',
    iterations.map((i) => i.testLoss),
  );
  compare(
    'train_accuracy',
    iterations.map((i) => i.trainAccuracy),
  );
  compare(
    'test_accuracy',
    iterations.map((i) => i.testAccuracy),
  );
  if (dtype === 'float64') {
    // To the last pair.
    expect(iterations.map((i) => i.testAccuracy)).toEqual([...fixture.output('test_accuracy').data]);
    expect(iterations.map((i) => i.trainAccuracy)).toEqual([...fixture.output('train_accuracy').data]);
  }
  if (kernelEigenvalues) {
    const ranges = iterations.map((i) => i.kernelEigenvalues);
    compare(
      'eig_min',
      ranges.map((range) => range?.smallest ?? Number.NaN),
    );
    compare(
      'eig_max',
      ranges.map((range) => range?.largest ?? Number.NaN),
    );
  }
  const join = (matrices: readonly Float64Array[]): number[] => matrices.flatMap((matrix) => [...matrix]);
  compare('agop_first', join(agops.slice(0, 3)));
  compare('M_first', join(nextMetrics.slice(0, 3)));
  const lastMetric = nextMetrics.at(-1) as Float64Array;
  compare('M_last', lastMetric);
  compare('pred_last', last.testOutputs);
  const group = task.operations[0]?.structure?.group ?? 'additive';
  compare('blocks', Object.values(metricDeviations(lastMetric, task.p, group)));
}

async function expectCirculantFeatures(backend: Backend, fixture: Fixture, dtype: FloatDType): Promise<void> {
  const result = await fitCirculantFeatures({
    backend,
    task: taskOf(fixture),
    kernel: kernelOf(fixture),
    row: fixture.input('row').data,
    ridge: Number(fixture.params['ridge']),
    dtype,
  });
  const compare = (output: string, actual: ArrayLike<number>): void =>
    expectOutput(fixture, output, actual, dtype);
  compare('M', result.metric);
  compare('pred', result.testOutputs);
  compare('train_mse', [result.train.loss]);
  compare('test_mse', [result.test.loss]);
  compare('train_accuracy', [result.train.accuracy]);
  compare('test_accuracy', [result.test.accuracy]);
  if (dtype === 'float64') expect(result.test.accuracy).toBe(fixture.output('test_accuracy').data[0]);
}

describe('wasm backend', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createCpuBackend();
  });
  afterAll(() => {
    expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
    backend.dispose();
  });

  for (const dtype of precisions) {
    describe(dtype, () => {
      describeFixtures('grok', (fixtures) => {
        it.each(fixtures)('$name', (fixture) => expectRun(backend, fixture, dtype));
      });
      describeFixtures('circulant_features', (fixtures) => {
        it.each(fixtures)('$name', (fixture) => expectCirculantFeatures(backend, fixture, dtype));
      });
    });
  }
});

describe('naive backend', () => {
  const backend = createNaiveBackend();
  describeFixtures('grok', (fixtures) => {
    const small = fixtures.filter(({ name }) => name === 'grok_add_p17');
    it.each(small)('$name', (fixture) => expectRun(backend, fixture, 'float64'));
  });
  describeFixtures('circulant_features', (fixtures) => {
    const small = fixtures.filter(({ params }) => params['p'] === 17);
    it.each(small)('$name', (fixture) => expectCirculantFeatures(backend, fixture, 'float64'));
  });
});
