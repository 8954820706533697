import { basename } from 'node:path';
import { type Backend, type FloatDType, formatBytes } from '@agop/core';
import type { Label, TablePreprocessor } from '@agop/data';
import { decodeModel, type TaskDescription } from '@agop/estimators';
import { type JudgedModel, scoreName, scoreText } from '@agop/experiments/table-choice';
import { attachedPrior, savedPreprocessor, topImportances } from '@agop/experiments/tabular';
import { formatPercent } from '@agop/report';
import { barTable, terminalStyle } from '@agop/report/terminal';
import { RFMClassifier, type RFMDescription, RFMRegressor, rfm } from '@agop/rfm';
import { openBackend } from '../backends/backends.ts';
import { columnLines, columnsOf } from './columns.ts';
import { fittedRows } from './fitted-rows.ts';
import { type Inspection, inFile, type ModelFile, type ModelKind } from './model-kind.ts';
import { predictTable } from './predict-table.ts';

/** Columns whose importances are printed. */
const shownImportances = 15;

/** Models of `agop fit`. */
export const tableModel: ModelKind = {
  format: rfm.format.name,
  open: (file) => {
    const { description, attachments } = decodeModel(rfm.format, file.bytes);
    const preprocessor = savedPreprocessor(attachments, file.path);
    const load = (backend: Backend, dtype?: FloatDType) => loadModel(file, description.task, backend, dtype);
    return {
      isRegression: description.task === 'regression',
      judging: {
        preprocessors: [preprocessor],
        load: async (backend, dtype) =>
          judgedModel(await load(backend, dtype), preprocessor, attachedPrior(attachments)),
      },
      predict: (path, options, context) => predictTable(path, preprocessor, load, options, context),
      inspect: async (options, context) => {
        using backend = await openBackend(options, context);
        using model = await load(backend);
        return await inspect(file, model, description, preprocessor);
      },
    };
  },
};

/** A model as it is judged. */
function judgedModel(
  model: RFMClassifier<Label> | RFMRegressor,
  preprocessor: TablePreprocessor,
  prior: readonly number[] | undefined,
): Disposable & JudgedModel {
  const isClassifier = 'classes' in model;
  return {
    ...(isClassifier && { classes: model.classes }),
    prior,
    outputs: (table) => {
      const x = preprocessor.transform(table, { unknownCategories: 'ignore' });
      return isClassifier ? model.predictProba(x) : model.predict(x);
    },
    extrapolation: async (table) => ({ cells: preprocessor.outside(table) }),
    fittedOn: (table) => fittedRows(model, preprocessor.transform(table, { unknownCategories: 'ignore' })),
    [Symbol.dispose]: () => model.dispose(),
  };
}

function loadModel(
  { path, bytes }: ModelFile,
  task: 'classification' | 'regression',
  backend: Backend,
  dtype: FloatDType | undefined,
): Promise<RFMClassifier<Label> | RFMRegressor> {
  const options = { backend, ...(dtype && { dtype }) };
  return inFile<RFMClassifier<Label> | RFMRegressor>(path, () =>
    task === 'classification' ? RFMClassifier.load<Label>(bytes, options) : RFMRegressor.load(bytes, options),
  );
}

async function inspect(
  { path, bytes }: ModelFile,
  model: RFMClassifier<Label> | RFMRegressor,
  { task, kernel, metric, ridge, best, history, classes }: TaskDescription & RFMDescription,
  preprocessor: TablePreprocessor,
): Promise<Inspection> {
  const importances = preprocessor.columnImportances(await model.featureImportances());
  const [rows = 0, features = 0] = model.machine.centers.shape;
  const { dtype } = model.machine.coefficients;
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
  const kept = history[best];
  return {
    json: {
      file: path,
      bytes: bytes.length,
      kind: 'fit',
      task,
      target: preprocessor.targetNames,
      ...(classes !== undefined && { classes }),
      rows,
      features,
      dtype,
      kernel,
      metric,
      ridge,
      best: kept ?? { iteration: best },
      iterations: history,
      columns: columnsOf(preprocessor),
      leftOut: preprocessor.leftOut,
      importances,
    },
    lines: ({ color, columns }) => {
      const style = terminalStyle(color);
      const bars = barTable(
        topImportances(importances, shownImportances).map(({ column, importance }) => ({
          label: column,
          value: importance,
        })),
        { width: Math.min(78, columns - 2), format: formatPercent, style },
      );
      return [
        style.bold(`${basename(path)}: ${task} of ${preprocessor.targetNames.join(', ')}`),
        `${rows} training rows, ${features} features, ${dtype}, ${formatBytes(bytes.length)}`,
        `${kernel.name} kernel, ${parameters.join(', ')}, ridge ${ridge}, ${metric.kind} metric`,
        best === 0 ? 'plain kernel regression (iteration 0)' : `iteration ${best} of ${history.length - 1}`,
        ...(typeof kept?.value === 'number'
          ? [
              `${scoreName(kept.metric, { classes })} on the held-out rows, which chose the iteration: ${scoreText(kept.metric, kept.value)}`,
            ]
          : []),
        ...(classes === undefined ? [] : [`classes: ${classes.join(', ')}`]),
        '',
        style.bold('Columns it needs'),
        ...columnLines(preprocessor),
        '',
        style.bold('Features it found (share of the metric)'),
        ...bars.map((line) => `  ${line}`),
      ];
    },
  };
}
