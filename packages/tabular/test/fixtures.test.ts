import { createCpuBackend } from '@agop/backend-cpu';
import { regression } from '@agop/estimators';
import { compareOutput, type Fixture, fixtureFolder, fixturesOfKind } from '@agop/fixtures';
import { tabularPresets, tabularSettings, tabularTrainer } from '@agop/tabular';
import { describe, expect, test } from 'vitest';

const { missing } = fixtureFolder();

function rowsOf(fixture: Fixture, name: string) {
  const { data, shape } = fixture.input(name);
  return { data, rows: shape[0] as number, columns: shape[1] as number };
}

if (missing) test.skip(`LEFT OUT, parity with the fixtures: ${missing}`);

describe.skipIf(missing)('a table of one leaf gives what xRFM gives', () => {
  for (const fixture of fixturesOfKind('rfm_leaf')) {
    test(fixture.name, async () => {
      using backend = await createCpuBackend({ threads: 1 });
      const { params } = fixture;
      const diagonal = params['diag'] === true;
      const [x, y] = [rowsOf(fixture, 'X'), rowsOf(fixture, 'Y')];
      const held = { x: rowsOf(fixture, 'X_test'), y: rowsOf(fixture, 'Y_test') };
      const task = regression(false);
      const { coding } = await task.open({ data: y.data, shape: [y.rows, y.columns] }, x.rows, 'rows');
      const [bandwidth, norm, exponent] = ['bandwidth', 'p', 'q'].map((name) => Number(params[name])) as [
        number,
        number,
        number,
      ];
      const settings = tabularSettings({
        ...tabularPresets.xrfm2025,
        backend,
        dtype: 'float64',
        kernel: { name: 'lpq', parameters: { bandwidth, norm, exponent } },
        ridge: Number(params['ridge']),
        iterations: Number(params['iters']),
        earlyStopping: undefined,
        diagonal,
        shift: diagonal ? 0 : 1e-8,
      });
      const fitted = await tabularTrainer.fit(
        { coding, training: { x, y }, held, test: undefined },
        settings,
        {},
      );
      const [leaf] = fitted.leaves;
      const values = leaf?.history.map(({ value }) => value as number) ?? [];
      const best = leaf?.best ?? -1;
      const predictions = await tabularTrainer.predict(fitted, held.x);
      fitted.dispose();
      const part = { begin: best * predictions.length, end: (best + 1) * predictions.length };
      expect(compareOutput(fixture, 'val_mse', values, 'float64')).toMatchObject({ ok: true });
      expect(compareOutput(fixture, 'best', [best], 'float64')).toMatchObject({ ok: true });
      expect(compareOutput(fixture, 'pred', predictions, 'float64', part)).toMatchObject({ ok: true });
      expect(backend.memory().tensors).toBe(0);
    });
  }
});
