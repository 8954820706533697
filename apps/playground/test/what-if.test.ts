import { createNaiveBackend } from '@agop/core/naive';
import { tableFromColumns } from '@agop/data';
import { TabularRegressor } from '@agop/tabular';
import { expect, test } from 'vitest';
import { inputsOf } from '../src/worker/table/inputs.ts';
import { tunedRows } from '../src/worker/table/row-model.ts';
import { askWhatIf } from '../src/worker/table/what-if.ts';

test('what is said of a row tells whether it lies outside of what the model was fitted on', async () => {
  using backend = createNaiveBackend();
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const table = tableFromColumns({
    size: rows.map((i) => 1.5 * i),
    kind: rows.map((i) => 'ab'[i % 2] ?? ''),
    price: rows.map(Math.sqrt),
  });
  using model = tunedRows(await new TabularRegressor({ backend, trials: 1 }).fit(table, 'price'));
  const inputs = inputsOf(model.preprocessor, table);
  const ask = async (size: number, kind: string) =>
    (await askWhatIf(model, inputs, { row: [size, kind], output: 0, curves: [0] })).outside;
  expect(await ask(20, 'a')).toEqual([]);
  expect((await ask(900, 'a'))[0]).toBe('size above 58.5');
});
