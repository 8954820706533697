import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { AgopError, DisposedError, WorkerError } from '@agop/core';
import { handOver, ModelWorker } from '@agop/serve';
import { afterAll, describe, expect, test } from 'vitest';
import type { models } from './model.worker.ts';

const start = (): ModelWorker<typeof models> =>
  new ModelWorker<typeof models>(new Worker(new URL('./model.worker.ts', import.meta.url)));

const x = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
const y = x.map(([a = 0, b = 0]) => a * b);
const labels = y.map((value) => (value > 0 ? 'above' : 'below'));

describe('models in a worker', () => {
  const worker = start();
  afterAll(() => worker.dispose());

  test('fit, predict, score, tell what they are, and go into files', async () => {
    using model = await worker.make('values', { ridge: 1e-3 });
    expect(model.fitted).toBe(false);
    expect(() => model.best).toThrow(/needs a fitted model/);
    const seen: number[] = [];
    const same = await model.fit(x, y, { onIteration: ({ iteration }) => seen.push(iteration) });
    expect(same).toBe(model);
    expect([model.fitted, model.best, seen]).toEqual([true, 1, [0, 1]]);
    const predicted = await model.predict(x);
    expect(predicted).toBeInstanceOf(Float64Array);
    expect(await model.score(x, y)).toBeGreaterThan(0.9);
    expect((await model.featureImportances()).length).toBe(3);
    const bytes = await model.toBytes({ attachments: { note: 'along' } });
    using loaded = await worker.make('savedValues', bytes);
    expect(await loaded.predict(x)).toEqual(predicted);
    expect(loaded.attachments).toEqual({ note: 'along' });
  });

  test('several at a time; labels come back as they were', async () => {
    using one = await worker.make('classes');
    using other = await worker.make('values');
    await Promise.all([one.fit(x, labels), other.fit(x, y)]);
    expect(one.classes).toEqual(['above', 'below']);
    expect((await one.predict(x.slice(0, 5))).length).toBe(5);
    expect((await one.predictProba(x)).length).toBe(120);
    one.dispose();
    expect(one.fitted).toBe(false);
    await expect(one.predict(x)).rejects.toThrow(/has been disposed/);
    expect((await other.predict(x)).length).toBe(60);
    await one.fit(x, labels);
    expect(one.fitted).toBe(true);
  });

  test('errors come with code, message and facts', async () => {
    using model = await worker.make('values');
    const broken = x.map((row, i) => (i === 4 ? [0, Number.NaN, 0] : row));
    await expect(model.fit(broken, y)).rejects.toMatchObject({
      code: 'VALUE',
      row: 4,
      column: 1,
      name: 'ValueError',
    });
    // Lists that end nowhere: refused at their first hole.
    const holes: number[] = Object.assign([], { length: 2 ** 32 - 1 });
    await expect(model.fit(x, holes)).rejects.toThrow('y has nothing in row 0.');
    await expect(model.fit([holes], [1])).rejects.toMatchObject({ name: 'ValueError' });
    await expect(model.fit(x, y, { validation: 7 })).rejects.toMatchObject({ code: 'OPTION' });
    await expect(model.predict(x)).rejects.toMatchObject({ code: 'NOT_FITTED' });
    await expect(worker.make('savedValues', new Uint8Array(9))).rejects.toMatchObject({ code: 'FORMAT' });
    // What an error holds may be more than can cross.
    const inItself: unknown[] = [];
    inItself.push(inItself);
    await expect(worker.make('values', { ridge: inItself as never })).rejects.toMatchObject({
      code: 'OPTION',
      message: 'ridge must be a number from 0, but is a list of 1.',
    });
    const unknown: ModelWorker<{ makers: Promise<{ other: () => { dispose(): void } }> }> = worker as never;
    await expect(unknown.make('other')).rejects.toThrow(/makes no model 'other'. It makes: values, classes/);
  });

  test('an abort and an error of a callback end the fit', async () => {
    using model = await worker.make('values', { iterations: 200 });
    const controller = new AbortController();
    const reason = new Error('enough');
    const aborted = model.fit(x, y, {
      signal: controller.signal,
      onIteration: () => controller.abort(reason),
    });
    const error: unknown = await aborted.catch((failure: unknown) => failure);
    expect(AgopError.isInstance(error) && [error.code, error.name, error.cause]).toEqual([
      'ABORTED',
      'AbortError',
      reason,
    ]);
    const onIteration = () => {
      throw new RangeError('mine');
    };
    await expect(model.fit(x, y, { onIteration })).rejects.toThrow(new RangeError('mine'));
    const rejecting = async () => onIteration();
    await expect(model.fit(x, y, { onIteration: rejecting })).rejects.toThrow(new RangeError('mine'));
    expect(model.fitted).toBe(false);
  });

  test('what is no worker, and a maker that gives no model, are named', async () => {
    for (const port of [undefined, './model.worker.ts', Promise.resolve({}), {}]) {
      expect(() => new ModelWorker(port as never)).toThrow(
        /^worker must be a worker, e\.g\. new Worker\(url\)/,
      );
    }
    await expect(worker.make('nothing')).rejects.toThrow(/^'nothing' of the worker gives no model/);
  });

  test('memory that is handed over moves', async () => {
    using model = await worker.make('values');
    const [data, kept] = [Float64Array.from(x.flat()), Float64Array.from(x.flat())];
    await model.fit(handOver({ data, shape: [60, 3] }), Float64Array.from(y));
    expect(data.length).toBe(0);
    await expect(model.predict({ data, shape: [60, 3] })).rejects.toMatchObject({ code: 'DTYPE' });
    const nested = { x: { data: kept, shape: [60, 3] }, y, weights: [() => 1] };
    await expect(model.fit(x, y, { validation: nested as never })).rejects.toMatchObject({ code: 'DTYPE' });
    await model.predict({ data: kept, shape: [60, 3] });
    expect(kept.length).toBe(180);
  });
});

describe('a worker that ends', () => {
  test.each([
    ['exit', /^The worker ended with exit code 3\. Its models are lost\. Start another worker/],
    ['throw', /^The worker failed: out of the blue\. Its models are lost/],
  ] as const)('by %s ends its calls with an error', async (how, message) => {
    using worker = start();
    const model = await worker.make('dying', how);
    const error: unknown = await model.predict().catch((failure: unknown) => failure);
    expect(WorkerError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(new RegExp(message.source.replace('^', '')));
    await expect(worker.make('values')).rejects.toMatchObject({ code: 'WORKER' });
  });

  test('by dispose() says so', async () => {
    const worker = start();
    const model = await worker.make('values', { iterations: 300 });
    const fit = model.fit(x, y);
    await new Promise((resolve) => setTimeout(resolve, 50));
    worker.dispose();
    worker.dispose();
    await expect(fit).rejects.toThrow('The worker was disposed while fit() was running.');
    const error: unknown = await model.predict(x).catch((failure: unknown) => failure);
    expect(DisposedError.isInstance(error)).toBe(true);
  });

  test.each([
    [
      'whose module does not load',
      'throw new TypeError("no such thing")',
      {},
      /^WorkerError: The worker failed: no such thing\./,
    ],
    [
      'whose module does something else',
      'setInterval(() => {}, 1000)',
      { patience: 200 },
      /no sign of life in 0.2 s: does its module call serveModels\(\)\?|no sign of life in 0.2 s/,
    ],
    ['whose module ends', '', {}, /The worker ended with exit code 0/],
  ])('before it began: %s', async (_, program, options, message) => {
    using worker = new ModelWorker<typeof models>(new Worker(program, { eval: true }), options);
    const error: unknown = await worker.make('values').catch((failure: unknown) => failure);
    expect(String(error)).toMatch(message);
  });
});

test('a program that forgets its workers ends', async () => {
  const program = new URL('./forgetful.ts', import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [
    '-C',
    '@agop/source',
    fileURLToPath(program),
  ]);
  expect(stdout).toBe('1\n');
});
