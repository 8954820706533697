import { MessageChannel } from 'node:worker_threads';
import { DTypeError, ShapeError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { parseCsv, type Table, tableFrom, takeRows } from '@agop/data';
import type { MatrixInput } from '@agop/estimators';
import { RFMRegressor } from '@agop/rfm';
import { ModelWorker, PredictionQueue } from '@agop/serve';
import { serveModels } from '@agop/serve/worker';
import { TabularRegressor } from '@agop/tabular';
import { expect, test } from 'vitest';

const cells = Array.from({ length: 48 }, (_, i) => ({
  size: i % 7,
  kind: ['a', 'b', 'c'][i % 3] ?? '',
  day: `2024-01-${10 + (i % 19)}`,
  price: (i % 7) * (i % 3) + i / 100,
}));
const lines = cells.map((own) => Object.values(own).join(','));
const table = parseCsv(`size,kind,day,price\n${lines.join('\n')}\n`);

/** Notes the tables of its products, and answers with what they hold. */
class Echo {
  readonly products: Table[] = [];
  async predict(samples: Table | MatrixInput): Promise<string[]> {
    const x = samples as Table;
    this.products.push(x);
    if (x.columns.some(({ name }) => name === 'bad')) throw new ValueError('no such column');
    return Array.from({ length: x.rows }, (_, row) =>
      x.columns
        .map((column) =>
          column.kind === 'numeric'
            ? `${column.name}=${column.values[row]}`
            : `${column.name}=${column.categories[column.codes[row] ?? -1]}`,
        )
        .join(' '),
    );
  }
}

test('rows by the names of columns are joined, whatever order these have', async () => {
  const model = new Echo();
  const queue = new PredictionQueue(model);
  const asked = [
    tableFrom([{ kind: 'b', size: 1 }]),
    tableFrom([
      { size: 2, kind: 'c' },
      { size: 3, kind: 'b' },
    ]),
    tableFrom([{ kind: null, size: 4 }, { kind: 'd' }]),
  ];
  const answers = await Promise.all(asked.map((x) => queue.predict(x)));
  expect(answers).toEqual([
    ['kind=b size=1'],
    ['kind=c size=2', 'kind=b size=3'],
    ['kind=undefined size=4', 'kind=d size=NaN'],
  ]);
  expect(model.products.map(({ rows }) => rows)).toEqual([5]);
  expect(model.products[0]?.columns.map(({ missing }) => missing)).toEqual([1, 1]);
});

test('tables of other columns, of columns that are read otherwise, and matrices are other products', async () => {
  const model = new Echo();
  const queue = new PredictionQueue(model);
  const asked = [
    tableFrom([{ size: 1 }]),
    tableFrom([{ size: '1' }]),
    parseCsv('size\n2024-01-01\n', { types: { size: 'date YMD' } }),
    tableFrom([{ size: 1, kind: 'a' }]),
    tableFrom([{ bad: 1 }]),
    tableFrom([{ size: 2 }]),
  ];
  const settled = await Promise.allSettled(asked.map((x) => queue.predict(x)));
  expect(settled.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  ]);
  expect(model.products.map(({ rows }) => rows)).toEqual([2, 1, 1, 1, 1]);
});

test.each(['here', 'in a worker'])('answers are those of the model %s, row by row and cut', async (where) => {
  const backend = createNaiveBackend();
  const { port1, port2 } = new MessageChannel();
  const served = serveModels(() => ({ prices: () => new TabularRegressor({ backend, trials: 1 }) }), {
    port: port2,
  });
  using worker = new ModelWorker<typeof served>(port1);
  using model = where === 'here' ? new TabularRegressor({ backend, trials: 1 }) : await worker.make('prices');
  await model.fit(table, 'price');
  // How further rows are to be read crosses, too.
  expect(model.columnTypes).toEqual({ size: 'numeric', kind: 'categorical', day: 'date YMD' });
  const expected = await model.predict(table);
  const queue = new PredictionQueue(model, { rows: 5 });
  const reading = { types: model.columnTypes, kept: model.keptTexts };
  const [whole, alone, objects, written] = await Promise.all([
    queue.predict(table),
    Promise.all(cells.map((_, row) => queue.predict(takeRows(table, [row])))),
    Promise.all(cells.map(({ size, kind, day }) => queue.predict(tableFrom([{ day, size, kind }])))),
    Promise.all(lines.map((line) => queue.predict(parseCsv(`size,kind,day,price\n${line}\n`, reading)))),
  ]);
  for (const found of [[...whole], alone, objects, written]) {
    for (const [i, value] of found
      .flatMap((part) => (typeof part === 'number' ? part : [...part]))
      .entries()) {
      expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 8);
    }
    expect(found.flat()).toHaveLength(48);
  }
  const told = await queue.extrapolation(tableFrom([{ size: 99, kind: 'e', day: '2024-01-12' }]));
  expect(told?.[0]?.cells.map(({ column, kind }) => `${column} ${kind}`)).toEqual([
    'size above',
    'kind unseen',
  ]);
  await expect(queue.predict(tableFrom([{ size: 1 }]))).rejects.toThrow(/no feature column 'kind'/);
  port1.close();
});

test('what is no table, or none for the model, is refused', async () => {
  const queue = new PredictionQueue(new Echo());
  const column = { kind: 'numeric' as const, name: 'a', values: Float64Array.of(1), missing: 0 };
  const text = {
    kind: 'categorical' as const,
    name: 'a',
    categories: ['x'],
    codes: Int32Array.of(1),
    missing: 0,
  };
  const ask = (x: unknown): Promise<unknown> => Reflect.apply(queue.predict, queue, [x]);
  await expect(ask({ rows: 0, columns: [column] })).rejects.toThrow(ValueError);
  await expect(ask({ rows: 1, columns: [] })).rejects.toThrow(ValueError);
  await expect(ask({ rows: 2, columns: [column] })).rejects.toThrow(ShapeError);
  await expect(ask({ rows: 1, columns: [column, column] })).rejects.toThrow(/two columns 'a'/);
  await expect(ask({ rows: 1, columns: [text] })).rejects.toThrow(/no category for row 0/);
  await expect(ask({ rows: 1, columns: ['a'] })).rejects.toThrow(DTypeError);
  await expect(ask([{ a: 1 }])).rejects.toThrow();
  using matrices = new RFMRegressor({ backend: createNaiveBackend(), iterations: 0 });
  await matrices.fit([[1], [2], [3]], [1, 2, 4]);
  const others = new PredictionQueue(matrices);
  const settled = await Promise.allSettled([
    Reflect.apply(others.predict, others, [tableFrom([{ a: 1 }])]),
    others.predict([[2]]),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(settled[0]).toMatchObject({ reason: { code: 'DTYPE' } });
});
