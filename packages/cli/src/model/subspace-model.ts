import { basename } from 'node:path';
import { type Backend, type FloatDType, formatBytes } from '@agop/core';
import type { DenseMatrix, Label, TablePreprocessor } from '@agop/data';
import { decodeModel, type TaskDescription } from '@agop/estimators';
import { savedPreprocessor } from '@agop/experiments/tabular';
import { terminalStyle } from '@agop/report/terminal';
import {
  CentralSubspace,
  CentralSubspaceClassifier,
  methods,
  type SubspaceDescription,
  subspace,
} from '@agop/subspace';
import { openBackend } from '../backends/backends.ts';
import { columnLines, columnsOf } from './columns.ts';
import { type Inspection, inFile, type ModelFile, type ModelKind } from './model-kind.ts';
import { predictTable, type RowModel } from './predict-table.ts';

/** Loadings of each direction that are printed. */
const shownLoadings = 8;

/** Models of `agop subspace`: predictions come with the rows' coordinates along the directions. */
export const subspaceModel: ModelKind = {
  format: subspace.format.name,
  open: (file) => {
    const { description, attachments } = decodeModel(subspace.format, file.bytes);
    const preprocessor = savedPreprocessor(attachments, file.path);
    const load = (backend: Backend, dtype?: FloatDType) => loadModel(file, description.task, backend, dtype);
    return {
      isRegression: description.task === 'regression',
      predict: (path, options, context) =>
        predictTable(
          path,
          preprocessor,
          async (backend, dtype) => withDirections(await load(backend, dtype)),
          options,
          context,
        ),
      inspect: async (options, context) => {
        using backend = await openBackend(options, context);
        using model = await load(backend);
        return await inspect(file, model, description, preprocessor);
      },
    };
  },
};

type SubspaceModel = CentralSubspace | CentralSubspaceClassifier<Label>;

function loadModel(
  { path, bytes }: ModelFile,
  task: 'classification' | 'regression',
  backend: Backend,
  dtype: FloatDType | undefined,
): Promise<SubspaceModel> {
  const options = { backend, ...(dtype && { dtype }) };
  return inFile<SubspaceModel>(path, () =>
    task === 'classification'
      ? CentralSubspaceClassifier.load<Label>(bytes, options)
      : CentralSubspace.load(bytes, options),
  );
}

/** A model whose predictions have a column for each direction, `direction1`, … */
function withDirections(model: SubspaceModel): RowModel {
  const directions = async (x: DenseMatrix) => {
    const { data, shape } = await model.transform(x);
    const [rows = 0, dimension = 0] = shape;
    return {
      header: Array.from({ length: dimension }, (_, k) => `direction${k + 1}`),
      rows: Array.from({ length: rows }, (_, i) =>
        Array.from(data).slice(i * dimension, (i + 1) * dimension),
      ),
    };
  };
  const dispose = { [Symbol.dispose]: () => model.dispose() };
  return model instanceof CentralSubspaceClassifier
    ? {
        ...dispose,
        classes: model.classes,
        predict: (x) => model.predict(x),
        predictProba: (x) => model.predictProba(x),
        further: directions,
      }
    : {
        ...dispose,
        predict: (x) => model.predict(x),
        score: (x, y) => model.score(x, y),
        further: directions,
      };
}

function inspect(
  { path, bytes }: ModelFile,
  model: SubspaceModel,
  { task, method, selection, classes }: TaskDescription & SubspaceDescription,
  preprocessor: TablePreprocessor,
): Inspection {
  const { dimension, loadings, eigenvalues } = model;
  const directions = Array.from({ length: dimension }, (_, k) =>
    preprocessor.featureNames
      .map((feature, i) => ({ feature, loading: loadings.data[i * dimension + k] as number }))
      .sort((a, b) => Math.abs(b.loading) - Math.abs(a.loading)),
  );
  return {
    json: {
      file: path,
      bytes: bytes.length,
      kind: 'subspace',
      task,
      target: preprocessor.targetNames,
      ...(classes !== undefined && { classes }),
      method,
      dimension,
      ...(selection && { selection }),
      eigenvalues: [...eigenvalues],
      directions,
      columns: columnsOf(preprocessor),
      leftOut: preprocessor.leftOut,
    },
    lines: ({ color }) => {
      const style = terminalStyle(color);
      return [
        style.bold(`${basename(path)}: directions of ${preprocessor.targetNames.join(', ')} (${task})`),
        `${dimension} of ${preprocessor.featureNames.length} dimensions, ${formatBytes(bytes.length)}`,
        `${method}: ${methods[method]}`,
        ...(classes === undefined ? [] : [`classes: ${classes.join(', ')}`]),
        '',
        style.bold('Columns it needs'),
        ...columnLines(preprocessor),
        '',
        style.bold('Directions (largest loadings)'),
        ...directions.map((list, k) => {
          const parts = list
            .slice(0, shownLoadings)
            .map(
              ({ feature, loading }) =>
                `${loading < 0 ? '−' : '+'}${Math.abs(loading).toFixed(2)} ${feature}`,
            );
          return `  ${k + 1}: ${parts.join(', ')}`;
        }),
      ];
    },
  };
}
