import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import type { IterationEvent } from '@agop/estimators';
import { laplace, RFMClassifier } from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nested, normal } from './data.ts';

const d = 4;
let backend: Backend;

beforeEach(() => {
  backend = createNaiveBackend();
});
// Every test frees its models: nothing stays alive, whatever happened in it.
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

/** Points whose class is the sign of x0 x1. */
function quadrants(n: number, seed: number): { readonly x: number[][]; readonly y: string[] } {
  const x = nested(normal(n, d, seed), d);
  return { x, y: x.map(([a = 0, b = 0]) => (a * b > 0 ? 'same' : 'opposite')) };
}

describe('RFMClassifier', () => {
  test('learns features that plain kernel regression has not, and says which', async () => {
    const [train, held, test] = [quadrants(150, 1), quadrants(60, 2), quadrants(200, 3)];
    const events: IterationEvent[] = [];
    using model = new RFMClassifier<string>({ backend, kernel: laplace({ bandwidth: 3 }), iterations: 3 });
    await model.fit(train.x, train.y, { validation: held, onIteration: (event) => events.push(event) });

    expect(events.map((e) => e.iteration)).toEqual([0, 1, 2, 3]);
    expect(events.every((e) => e.metric === 'accuracy' && e.value !== undefined)).toBe(true);
    expect(events.at(-1)?.secondsLeft).toBe(0);
    expect(model.history.map((h) => h.value)).toEqual(events.map((e) => e.value));
    const values = events.map((e) => e.value as number);
    expect(model.best).toBe(values.indexOf(Math.max(...values)));
    expect(model.best).toBeGreaterThan(0);

    const importances = await model.featureImportances();
    expect(importances.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Math.min(...importances.slice(0, 2))).toBeGreaterThan(Math.max(...importances.slice(2)));

    expect(model.classes).toEqual(['opposite', 'same']);
    expect(await model.score(test.x, test.y)).toBeGreaterThan(0.85);
    using plain = new RFMClassifier<string>({ backend, kernel: laplace({ bandwidth: 3 }), iterations: 0 });
    await plain.fit(train.x, train.y);
    expect(await model.score(test.x, test.y)).toBeGreaterThan(await plain.score(test.x, test.y));
  });

  test('gives probabilities that sum to 1 and agree with the labels', async () => {
    const { x, y } = quadrants(80, 1);
    using model = new RFMClassifier<string>({ backend, iterations: 1 });
    await model.fit(x, y);
    const probabilities = nested(await model.predictProba(x), 2);
    const labels = await model.predict(x);
    for (const [i, row] of probabilities.entries()) {
      expect((row[0] as number) + (row[1] as number)).toBeCloseTo(1, 12);
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      expect(labels[i]).toBe((row[1] as number) > (row[0] as number) ? 'same' : 'opposite');
    }
  });

  test('labels may be of several types', async () => {
    const { x, y } = quadrants(40, 1);
    using mixed = new RFMClassifier<string | number>({ backend, iterations: 0 });
    await mixed.fit(
      x,
      y.map((label) => (label === 'same' ? 'same' : 0)),
    );
    expect(mixed.classes).toEqual([0, 'same']);
  });

  test('holds out a fraction by class, the same for the same seed', async () => {
    const { x, y } = quadrants(60, 4);
    const values = async (seed: number): Promise<(number | undefined)[]> => {
      using model = new RFMClassifier<string>({ backend, seed, iterations: 2, selection: 'mse' });
      await model.fit(x, y, { validation: 0.25 });
      return model.history.map((record) => record.value);
    };
    const first = await values(1);
    expect(await values(1)).toEqual(first);
    expect(await values(2)).not.toEqual(first);
  });

  test.each(['accuracy', 'balancedAccuracy', 'brier', 'logLoss', 'mse'] as const)(
    'keeps the best iteration by %s',
    async (selection) => {
      const { x, y } = quadrants(60, 4);
      using model = new RFMClassifier<string>({ backend, iterations: 2, selection });
      await model.fit(x, y, { validation: { x: x.slice(0, 20), y: y.slice(0, 20) } });
      const values = model.history.map(({ metric, value = Number.NaN }) => {
        expect(metric).toBe(selection);
        return value;
      });
      const best = selection.toLowerCase().endsWith('accuracy') ? Math.max(...values) : Math.min(...values);
      expect(values[model.best]).toBe(best);
    },
  );

  test('keeps the trajectory of M on request', async () => {
    const { x, y } = quadrants(40, 1);
    using model = new RFMClassifier<string>({ backend, iterations: 2, keepMetrics: true });
    await model.fit(x, y);
    expect(model.metrics?.map((m) => m.shape)).toEqual([
      [1, d],
      [d, d],
      [d, d],
    ]);
    expect((await model.metric()).data).toEqual(model.metrics?.[2]?.data);
    using without = new RFMClassifier<string>({ backend, iterations: 1, diagonal: true });
    await without.fit(x, y);
    expect(without.metrics).toBeUndefined();
    expect((await without.metric()).shape).toEqual([1, d]);
  });

  test('computes no validation predictions when nobody asked', async () => {
    const { x, y } = quadrants(40, 1);
    using model = new RFMClassifier<string>({ backend, iterations: 2 });
    await model.fit(x, y);
    expect(model.history.map((h) => h.value)).toEqual([undefined, undefined, undefined]);
    expect(model.best).toBe(2);
  });
});

describe('bad input to RFMClassifier', () => {
  const { x, y } = quadrants(30, 1);
  const withEntry = (row: number, column: number, value: number) =>
    x.map((cells, i) => cells.map((cell, j) => (i === row && j === column ? value : cell)));

  const cases: [string, unknown, unknown, object][] = [
    ['infinity', withEntry(4, 1, Number.POSITIVE_INFINITY), y, { code: 'VALUE', row: 4, column: 1 }],
    ['a number beyond float32', withEntry(5, 0, 1e300), y, { code: 'VALUE', row: 5, column: 0 }],
    ['ragged rows', x.map((cells, i) => (i === 7 ? cells.slice(1) : cells)), y, { code: 'VALUE', row: 7 }],
    ['no columns', x.map(() => []), y, { code: 'VALUE' }],
    ['text instead of numbers', x.map(() => ['a', 'b', 'c', 'd']), y, {}],
  ];

  test.each(cases)('%s: a typed error, and nothing stays alive', async (_, points, labels, expected) => {
    const model = new RFMClassifier<string>({ backend, iterations: 1 });
    await expect(model.fit(points as number[][], labels as string[])).rejects.toMatchObject(expected);
    expect(model.fitted).toBe(false);
  });

  test('an error in a callback reaches the caller', async () => {
    const model = new RFMClassifier<string>({ backend, iterations: 3 });
    const onIteration = (): void => {
      throw new RangeError('mine');
    };
    await expect(model.fit(x, y, { onIteration })).rejects.toThrow(RangeError);
  });

  test('constant columns do no harm', async () => {
    const constant = x.map((cells) => [...cells, 5]);
    using model = new RFMClassifier<string>({ backend, iterations: 2 });
    await model.fit(constant, y);
    const importances = await model.featureImportances();
    expect(importances[d]).toBeLessThan(1e-6);
    expect(importances.every(Number.isFinite)).toBe(true);
  });
});
