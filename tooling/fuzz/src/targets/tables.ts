import { AgopError, say } from '@agop/core';
import { parseSettings } from '@agop/core/options';
import { parseCsv, readCsv, TablePreprocessor } from '@agop/data';
import {
  runTabularExperiment,
  tabularData,
  tabularOptions,
  tabularPage,
  tabularResult,
  tabularText,
} from '@agop/experiments/tabular';
import { htmlPage } from '@agop/report';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import * as fc from 'fast-check';
import { checkTable } from '../inputs/check-table.ts';
import { tableText } from '../inputs/tables.ts';
import type { Target } from '../target.ts';
import { demand, demandFinite } from '../verdict.ts';

interface Input {
  readonly text: string;
  /** Number of the column to predict, modulo how many there are. */
  readonly target: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Tables as people have them, from the file to predictions of a model that was saved and loaded. */
export const tables: Target<Input> = {
  name: 'tables',
  inTests: 500,
  about: 'odd tables: read, fitted as agop fit does, reported, saved, loaded, predicted with the same bits',
  inputs: fc.record({
    text: tableText,
    target: fc.nat(4),
    settings: fc.record(
      {
        task: fc.constantFrom('regression', 'classification'),
        scale: fc.constantFrom('standard', 'none'),
        unknown: fc.constantFrom('error', 'ignore'),
        validation: fc.constantFrom('none', 0.5, 0.2),
        maxRows: fc.integer({ min: 1, max: 20 }),
        diagonal: fc.boolean(),
        dtype: fc.constantFrom('float32', 'float64'),
        ridge: fc.constantFrom(0, 1e-3, 1e-9),
        bandwidth: fc.constantFrom(1e-3, 1, 10, 1e6),
        seed: fc.nat(100),
      },
      { requiredKeys: [] },
    ),
  }),
  refusals: [
    'FORMAT',
    'VALUE',
    'OPTION',
    'LABEL',
    'NOT_POSITIVE_DEFINITE',
    'DEGENERATE_METRIC',
    'NO_CONVERGENCE',
  ],
  run: async ({ text, target, settings: given }, { wasm: backend }) => {
    const bytes = new TextEncoder().encode(text);
    const table = await readCsv(bytes);
    checkTable(table);
    const { name: column } = table.columns[target % table.columns.length] ?? { name: 'y' };
    const settings = parseSettings(tabularOptions, { target: [column], iterations: 2, ...given });
    const data = await tabularData('table.csv', table, settings, async () => table);
    using run = await runTabularExperiment(settings, data, { backend });
    const result = tabularResult.parse(JSON.parse(JSON.stringify(run.result)));
    const lines = tabularText(result, { columns: 80, color: false });
    demand(
      !lines.some((line) => /\bNaN\b|undefined|\[object/.test(line.replaceAll(column, ''))),
      'not finite',
      `The summary says: ${lines.join('\n')}`,
    );
    htmlPage(await tabularPage(result));
    for (const { message } of data.notes) say(message);
    return await predictAgain(run.model, data.preprocessor, text, backend);
  },
};

/** As `agop predict` does: the table read anew, with the kinds of columns that were seen. */
async function predictAgain(
  model: RFMRegressor | RFMClassifier<string | number>,
  preprocessor: TablePreprocessor,
  text: string,
  backend: Parameters<typeof RFMRegressor.load>[1]['backend'],
): Promise<string> {
  const attachment = JSON.stringify(preprocessor);
  const bytes = await model.toBytes({ attachments: { preprocessor: attachment } });
  using loaded =
    'classes' in model
      ? await RFMClassifier.load(bytes, { backend })
      : await RFMRegressor.load(bytes, { backend });
  const again = TablePreprocessor.fromJSON(JSON.parse(loaded.attachments['preprocessor'] ?? ''));
  const table = parseCsv(text, { types: again.columnTypes, kept: again.keptTexts });
  const before = preprocessor.transform(table, { unknownCategories: 'ignore' });
  const features = again.transform(table, { unknownCategories: 'ignore' });
  demandFinite(features.data, 'features');
  demand(
    before.data.every((value, i) => Object.is(value, features.data[i])),
    'round trip',
    'Features differ after loading.',
  );
  if (features.shape[0] === 0) return 'fitted, no rows';
  try {
    const first = Array.from<unknown>(await model.predict(before));
    const second = Array.from<unknown>(await loaded.predict(features));
    demand(
      first.every((value, i) => Object.is(value, second[i])),
      'round trip',
      'Predictions differ after loading.',
    );
    demandFinite(
      second.filter((value) => typeof value === 'number'),
      'predictions',
    );
  } catch (error) {
    if (!AgopError.isInstance(error)) throw error;
    // Rows that the fit has not seen may be beyond all numbers that it can compare.
    if (error.code === 'VALUE' && /overflow/.test(error.message)) return 'fitted, with rows out of range';
    demand(
      false,
      'broken promise',
      `It is fitted, but does not predict its own table: ${error.code}: ${error.message}`,
    );
  }
  return 'fitted';
}
