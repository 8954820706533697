import { basename } from 'node:path';
import { formatBytes } from '@agop/core';
import type { TablePreprocessor } from '@agop/data';
import { topImportances } from '@agop/experiments/tabular';
import { barTable, formatNumber, formatPercent, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRun, Context } from '../command.ts';
import type { OptionValues } from '../options.ts';
import { inspectConv } from './inspect-conv.ts';
import { inspectNetwork } from './inspect-network.ts';
import { openModel, type SavedTableModel } from './open-model.ts';
import { columnLines, columnsOf } from './table-columns.ts';

/** Columns whose importances are printed. */
const shownImportances = 15;

/** `agop inspect`: says what a saved model is. */
export const runInspect: CommandRun = async ({ args, options }, context) => {
  const path = args[0] as string;
  const saved = await openModel(path);
  switch (saved.kind) {
    case 'fit':
      return inspectTableModel(path, saved, options, context);
    case 'collapse':
      return inspectNetwork(path, saved, options, context);
    case 'conv':
      return inspectConv(path, saved, context);
  }
};

async function inspectTableModel(
  path: string,
  { kind, description, preprocessor, bytes, load }: SavedTableModel,
  options: OptionValues,
  context: Context,
): Promise<void> {
  using backend = await openBackend(options);
  using loaded = await load(backend, {});
  const { model } = loaded;
  const importances = preprocessor.columnImportances(await model.featureImportances());
  const [rows = 0, features = 0] = model.machine.centers.shape;
  const columns = columnsOf(preprocessor);
  const { task, kernel, metric, ridge, best, history, classes } = description;
  const { dtype } = model.machine.coefficients;
  context.json({
    file: path,
    bytes,
    kind,
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
    ...columnLines(preprocessor),
    '',
    ...importanceLines(importances, context),
  );
}

function importanceLines(
  importances: ReturnType<TablePreprocessor['columnImportances']>,
  { color, columns }: Context,
): string[] {
  const style = terminalStyle(color);
  const bars = barTable(
    topImportances(importances, shownImportances).map(({ column, importance }) => ({
      label: column,
      value: importance,
    })),
    { width: Math.min(78, columns - 2), format: formatPercent, style },
  );
  return [style.bold('Features it found (share of the metric)'), ...bars.map((line) => `  ${line}`)];
}
