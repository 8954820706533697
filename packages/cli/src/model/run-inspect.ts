import { basename } from 'node:path';
import { formatBytes } from '@agop/core';
import { barTable, formatNumber, formatPercent, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRun } from '../command.ts';
import { topImportances } from '../fit/findings.ts';
import { openModel } from './open-model.ts';

/** Columns whose importances are printed. */
const shownImportances = 15;

/** `agop inspect`: says what a saved model is. */
export const runInspect: CommandRun = async ({ args, options }, context) => {
  const path = args[0] as string;
  const { description, preprocessor, bytes, load } = await openModel(path);
  using backend = await openBackend(options);
  using loaded = await load(backend, {});
  const { model } = loaded;
  const importances = preprocessor.columnImportances(await model.featureImportances());
  const [rows = 0, features = 0] = model.machine.centers.shape;
  const columns = preprocessor.toJSON().encoders.map((encoder) => ({
    column: encoder.column,
    kind: encoder.kind,
    ...(encoder.kind === 'categorical' && { categories: encoder.categories }),
  }));
  const { task, kernel, metric, ridge, best, history, classes } = description;
  const { dtype } = model.machine.coefficients;
  context.json({
    file: path,
    bytes,
    task,
    target: preprocessor.targetNames,
    ...(classes !== undefined && { classes }),
    rows,
    features,
    dtype,
    kernel,
    metric,
    ridge,
    best: history[best] ?? { iteration: best },
    iterations: history,
    columns,
    leftOut: preprocessor.leftOut,
    importances,
  });

  const style = terminalStyle(context.color);
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
  const score = history[best]?.value;
  context.print(
    style.bold(`${basename(path)}: ${task} of ${preprocessor.targetNames.join(', ')}`),
    `${rows} training rows, ${features} features, ${dtype}, ${formatBytes(bytes)}`,
    `${kernel.name} kernel, ${parameters.join(', ')}, ridge ${ridge}, ${metric.kind} metric`,
    best === 0 ? 'plain kernel regression (iteration 0)' : `iteration ${best} of ${history.length - 1}`,
    ...(typeof score === 'number'
      ? [`${history[best]?.metric} on held-out rows: ${formatNumber(score)}`]
      : []),
    ...(classes === undefined ? [] : [`classes: ${classes.join(', ')}`]),
    '',
    style.bold('Columns it needs'),
    ...columns.map(({ column, kind, categories }) =>
      kind === 'numeric' ? `  ${column}: number` : `  ${column}: one of ${categories?.join(', ')}`,
    ),
    '',
    style.bold('Features it found (share of the metric)'),
    ...barTable(
      topImportances(importances, shownImportances).map(({ column, importance }) => ({
        label: column,
        value: importance,
      })),
      { width: Math.min(78, context.columns - 2), format: formatPercent, style },
    ).map((line) => `  ${line}`),
  );
};
