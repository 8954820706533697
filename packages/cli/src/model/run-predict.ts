import { basename } from 'node:path';
import {
  type CsvCell,
  findColumn,
  formatCsv,
  type Label,
  type Table,
  type TablePreprocessor,
} from '@agop/data';
import { formatNumber, formatPercent } from '@agop/report';
import type { RFMClassifier, RFMRegressor } from '@agop/rfm';
import { dtypeOption, openBackend } from '../backends/backends.ts';
import type { CommandRun } from '../command.ts';
import type { OptionValues } from '../options.ts';
import { readTable } from '../table/table-options.ts';
import { openModel } from './open-model.ts';

/** Predictions as a table, and how good they are where the table has the truth. */
interface Predictions {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
  readonly score: { readonly metric: 'accuracy' | 'r2'; readonly value: number } | undefined;
}

/** `agop predict`: applies a saved model to a table. */
export const runPredict: CommandRun = async ({ args, options }, context) => {
  const [modelPath, tablePath] = args as [string, string];
  const unknown = options.choice('unknown', ['error', 'ignore']);
  const saved = await openModel(modelPath);
  const { preprocessor } = saved;
  context.status(`Reading ${basename(tablePath)}`);
  const table = await readTable(tablePath, options, preprocessor.columnTypes);
  const x = preprocessor.transform(table, unknown === undefined ? {} : { unknownCategories: unknown });

  using backend = await openBackend(options);
  using loaded = await saved.load(backend, dtypeOption(options));
  context.status(`Predicting ${table.rows} rows`);
  const predictions =
    loaded.task === 'classification'
      ? await predictClasses(loaded.model, preprocessor, table, x, options)
      : await predictNumbers(loaded.model, preprocessor, table, x);

  const csv = formatCsv(predictions.header, predictions.rows);
  const output = options.text('output');
  if (output !== undefined) await context.writeFile(output, csv);
  else if (!options.has('json')) context.write(csv);
  const { score } = predictions;
  if (score !== undefined) {
    const text =
      score.metric === 'accuracy'
        ? `accuracy ${formatPercent(score.value)}`
        : `R² ${formatNumber(score.value)}`;
    context.note(`${text} on these ${table.rows} rows, whose target is known`);
  }
  context.json({
    task: preprocessor.task,
    target: preprocessor.targetNames,
    rows: table.rows,
    columns: predictions.header,
    ...(output === undefined ? { predictions: predictions.rows } : { output }),
    ...(score !== undefined && { score }),
  });
};

type Features = ReturnType<TablePreprocessor['transform']>;

async function predictClasses(
  model: RFMClassifier<Label>,
  preprocessor: TablePreprocessor,
  table: Table,
  x: Features,
  options: OptionValues,
): Promise<Predictions> {
  const labels = await model.predict(x);
  const known = hasTargets(preprocessor, table) ? preprocessor.labels(table) : undefined;
  const hits = known?.reduce((sum: number, label, row) => sum + (label === labels[row] ? 1 : 0), 0);
  const score = hits === undefined ? undefined : ({ metric: 'accuracy', value: hits / table.rows } as const);
  const [name = 'class'] = preprocessor.targetNames;
  if (!options.has('probabilities')) return { header: [name], rows: labels.map((label) => [label]), score };
  const { classes } = model;
  const probabilities = await model.predictProba(x);
  const rows = labels.map((label, row) => [
    label,
    ...probabilities.subarray(row * classes.length, (row + 1) * classes.length),
  ]);
  return { header: [name, ...classes.map((label) => `p(${label})`)], rows, score };
}

async function predictNumbers(
  model: RFMRegressor,
  preprocessor: TablePreprocessor,
  table: Table,
  x: Features,
): Promise<Predictions> {
  const values = await model.predict(x);
  const header = preprocessor.targetNames;
  const rows = Array.from({ length: table.rows }, (_, row) => [
    ...values.subarray(row * header.length, (row + 1) * header.length),
  ]);
  const isKnown = hasTargets(preprocessor, table) && table.rows > 1;
  const value = isKnown ? await model.score(x, preprocessor.targets(table)) : undefined;
  return { header, rows, score: value === undefined ? undefined : { metric: 'r2', value } };
}

/** Whether the table has the truth for every row. */
function hasTargets(preprocessor: TablePreprocessor, table: Table): boolean {
  return preprocessor.targetNames.every((name) => {
    const column = findColumn(table, name);
    return column?.missing === 0 && (preprocessor.task === 'classification' || column.kind === 'numeric');
  });
}
