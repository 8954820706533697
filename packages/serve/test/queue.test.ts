import { MessageChannel } from 'node:worker_threads';
import { DTypeError, OptionError, OverloadedError, ShapeError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { type MatrixInput, toHostMatrix } from '@agop/estimators';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import { handOver, ModelWorker, PredictionQueue } from '@agop/serve';
import { serveModels } from '@agop/serve/worker';
import { describe, expect, test } from 'vitest';

/** Doubles the first column; keeps the sizes of its products, and refuses what is above 1000. */
class Doubling {
  readonly products: number[] = [];
  milliseconds = 0;
  failure: Error | undefined;
  /** Called when a product begins, and waited for. */
  begin: () => Promise<void> | void = () => {};

  async predict(x: MatrixInput): Promise<Float64Array> {
    const { data, rows, columns } = await toHostMatrix(x, 'X');
    this.products.push(rows);
    await this.begin();
    if (this.milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, this.milliseconds));
    if (this.failure) throw this.failure;
    if (columns !== 2) throw new ShapeError(`X has ${columns} columns, but the model has 2.`);
    const row = data.findIndex((value) => value > 1000);
    if (row >= 0) throw new ValueError(`too large in row ${row / 2}`, { row: row / 2 });
    return Float64Array.from({ length: rows }, (_, i) => 2 * (data[i * columns] as number));
  }
}

const rows = (count: number, first: number): number[][] =>
  Array.from({ length: count }, (_, i) => [first + i, 0]);
const codes = (settled: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  settled.map((one) => (one.status === 'fulfilled' ? 'answered' : one.reason.code));

describe('rows outside of what a model was fitted on', () => {
  /** Whose training rows were from 0 to 10. */
  class Told extends Doubling {
    async extrapolation(x: MatrixInput) {
      const { data, rows: count, columns } = await toHostMatrix(x, 'X');
      this.products.push(count);
      const above = Int32Array.from({ length: count }, (_, row) => row).filter(
        (row) => (data[row * columns] as number) > 10,
      );
      const cells = [{ column: 'x0', kind: 'above', rows: above, example: '11', limit: '10' }];
      return { rows: above, cells, distances: Float64Array.from({ length: count }, (_, row) => row) };
    }
  }

  test('are told row by row, joined and cut as predictions are', async () => {
    const model = new Told();
    const queue = new PredictionQueue(model, { rows: 3 });
    const [first, second] = await Promise.all([
      queue.extrapolation(rows(4, 9)),
      queue.extrapolation([[12, 0]]),
    ]);
    expect(model.products).toEqual([3, 2]);
    const cell = { column: 'x0', kind: 'above', limit: '10' };
    expect(first?.map(({ outside, cells }) => [outside, cells])).toEqual([
      [false, []],
      [false, []],
      [true, [cell]],
      [true, [cell]],
    ]);
    expect(second).toEqual([{ outside: true, cells: [cell], distance: expect.any(Number) }]);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });

  test('are not told by a model that does not know, and odd answers are an error', async () => {
    expect(await new PredictionQueue(new Doubling()).extrapolation([[1, 0]])).toBeUndefined();
    const odd = Object.assign(new Doubling(), { extrapolation: async () => [1] });
    await expect(new PredictionQueue(odd).extrapolation([[1, 0]])).rejects.toThrow(ShapeError);
  });
});

describe('a queue', () => {
  test('joins what is asked for together, and what comes while a product runs', async () => {
    const model = new Doubling();
    model.milliseconds = 20;
    const queue = new PredictionQueue(model);
    const first = Array.from({ length: 7 }, (_, i) => queue.predict([[i, 0]]));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = [queue.predict(rows(3, 10)), queue.predict(rows(2, 20))];
    expect((await Promise.all(first)).map(([answer]) => answer)).toEqual([0, 2, 4, 6, 8, 10, 12]);
    expect(await Promise.all(second)).toEqual([Float64Array.of(20, 22, 24), Float64Array.of(40, 42)]);
    expect(model.products).toEqual([7, 5]);
    expect(queue.waitingRows).toBe(0);
  });

  test('waits for others as long as it may, and not where a product is full', async () => {
    const model = new Doubling();
    const queue = new PredictionQueue(model, { rows: 4, delay: 300 });
    const early = queue.predict([[1, 0]]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([early, queue.predict([[2, 0]])]);
    expect(model.products).toEqual([2]);
    await queue.predict(rows(4, 0));
    expect(model.products).toEqual([2, 4]);
  });

  test('cuts large requests, which take turns with small ones', async () => {
    const model = new Doubling();
    const queue = new PredictionQueue(model, { rows: 10 });
    const order: string[] = [];
    const large = queue.predict(rows(35, 0)).then((answers) => {
      order.push('large');
      return answers;
    });
    const small = [1, 2, 3].map(async (value) => {
      const [answer] = await queue.predict([[value, 0]]);
      order.push('small');
      return answer;
    });
    expect(await Promise.all(small)).toEqual([2, 4, 6]);
    expect(order).toEqual(['small', 'small', 'small']);
    expect(await large).toEqual(Float64Array.from({ length: 35 }, (_, i) => 2 * i));
    expect(model.products).toEqual([10, 10, 10, 8]);
  });

  test('bad input fails by itself, whether it is seen before the product or in it', async () => {
    const model = new Doubling();
    const queue = new PredictionQueue(model);
    const asked = [
      [[1, 0]],
      [[Number.NaN, 0]],
      [[2, 0]],
      [[1, 2, 3]],
      [
        [3, 0],
        [5000, 0],
      ],
      [[4, 0]],
      [],
    ];
    const settled = await Promise.allSettled(asked.map((x) => queue.predict(x)));
    expect(codes(settled)).toEqual(['answered', 'VALUE', 'answered', 'SHAPE', 'VALUE', 'answered', 'VALUE']);
    expect(settled[4]).toMatchObject({ reason: { row: 1 } });
    expect(settled[5]).toMatchObject({ value: Float64Array.of(8) });
  });

  test('a bad row of a request that was cut is told by its own number', async () => {
    const queue = new PredictionQueue(new Doubling(), { rows: 10 });
    const bad = rows(40, 0);
    bad[27] = [5000, 0];
    const settled = await Promise.allSettled([queue.predict(bad), queue.predict([[1, 0]])]);
    expect(settled).toMatchObject([{ reason: { code: 'VALUE', row: 27 } }, { value: Float64Array.of(2) }]);
  });

  test('an error of the model itself is everybody’s, and the queue goes on', async () => {
    const model = new Doubling();
    const queue = new PredictionQueue(model);
    model.failure = new RangeError('lost');
    const settled = await Promise.allSettled([1, 2].map((value) => queue.predict([[value, 0]])));
    expect(settled).toMatchObject([{ reason: model.failure }, { reason: model.failure }]);
    expect(model.products).toEqual([2]);
    model.failure = undefined;
    expect(await queue.predict([[4, 0]])).toEqual(Float64Array.of(8));
  });

  test('a request can be given up, before its product and in it', async () => {
    const model = new Doubling();
    const queue = new PredictionQueue(model, { rows: 1 });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const asked = [
      queue.predict([[1, 0]], { signal: running.signal }),
      queue.predict([[2, 0]], { signal: waiting.signal }),
      queue.predict([[3, 0]]),
      queue.predict([[4, 0]], { signal: AbortSignal.abort() }),
    ];
    model.begin = () => {
      running.abort();
      waiting.abort();
    };
    expect(codes(await Promise.allSettled(asked))).toEqual(['ABORTED', 'ABORTED', 'answered', 'ABORTED']);
    expect(model.products).toEqual([1, 1]);
  });

  test('refuses what is more than may wait, with both numbers', async () => {
    const model = new Doubling();
    const queue = new PredictionQueue(model, { waitingRows: 5 });
    const settled = await Promise.allSettled([3, 3, 2, 1, 6].map((count) => queue.predict(rows(count, 0))));
    expect(codes(settled)).toEqual(['answered', 'OVERLOADED', 'answered', 'OVERLOADED', 'OVERLOADED']);
    const [, refused, , , large] = settled.map((one) => (one.status === 'rejected' ? one.reason : undefined));
    expect(OverloadedError.isInstance(refused) && [refused.waitingRows, refused.limit]).toEqual([3, 5]);
    expect(String(large)).toMatch(/6 rows is larger than the 5 that may wait at all\. Send it in parts/);
    expect(await queue.predict(rows(5, 0))).toHaveLength(5);
  });

  test('disposed, it ends what waits', async () => {
    const queue = new PredictionQueue(new Doubling());
    const asked = queue.predict([[1, 0]]);
    await Promise.resolve();
    await Promise.resolve();
    queue.dispose();
    await expect(asked).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(queue.predict([[1, 0]])).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  test.each([{ rows: 0 }, { delay: -1 }, { waitingRows: 1.5 }, { row: 3 }])('%o is refused', (options) => {
    expect(() => new PredictionQueue(new Doubling(), options)).toThrow(/must be|did you mean/i);
  });
});

test('answers are those of the model: labels, probabilities, several outputs', async () => {
  const backend = createNaiveBackend();
  const x = Array.from({ length: 50 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  const labels = x.map(([a = 0, b = 0]) => (a * b > 0 ? 'same' : 'other'));
  using classifier = new RFMClassifier<string>({ backend, iterations: 1 });
  using regressor = new RFMRegressor({ backend, iterations: 1 });
  await classifier.fit(x, labels);
  await regressor.fit(
    x,
    x.map(([a = 0, b = 0]) => [a + b, a * b]),
  );
  const classes = new PredictionQueue(classifier, { rows: 7 });
  const [predicted, odds] = await Promise.all([
    Promise.all(x.map((row) => classes.predict([row]))),
    Promise.all([classes.predictProba(x.slice(0, 20)), classes.predictProba(x.slice(20))]),
  ]);
  expect(predicted.flat()).toEqual(await classifier.predict(x));
  const expected = await classifier.predictProba(x);
  const difference = odds.flatMap((part) => [...part]).map((value, i) => value - (expected[i] as number));
  expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-6);
  const values = await Promise.all(x.map((row) => new PredictionQueue(regressor).predict([row])));
  expect(values.every((value) => value.length === 2)).toBe(true);
  const unknown: { predictProba(x: unknown): Promise<unknown> } = new PredictionQueue(regressor);
  await expect(unknown.predictProba(x)).rejects.toThrow(/has no predictProba\(\)/);
});

test('delays that no timer has, signals and names that are none', async () => {
  const model = { predict: async () => [1] };
  expect(() => Reflect.construct(PredictionQueue, [1])).toThrow(OptionError);
  expect(() => new PredictionQueue(model, { delay: 2 ** 31 })).toThrow(OptionError);
  using queue = new PredictionQueue(model);
  await expect(Reflect.apply(queue.predict, queue, [[[1]], { signal: true }])).rejects.toThrow(OptionError);
  expect(() => Reflect.apply(handOver, undefined, [0.5])).toThrow(DTypeError);
});

test('a patience that no timer has is for ever', async () => {
  const { port1, port2 } = new MessageChannel();
  const served = serveModels(() => ({ one: () => ({ dispose: () => {} }) }), { port: port2 });
  using worker = new ModelWorker<typeof served>(port1, { patience: 1e300 });
  await expect(Reflect.apply(worker.make, worker, [Symbol('odd')])).rejects.toThrow(OptionError);
  expect(await Reflect.apply(worker.make, worker, ['one'])).toBeDefined();
  port1.close();
});
