import type { Backend, FloatDType } from '@agop/core';
import { type Label, TablePreprocessor } from '@agop/data';
import { decodeModel, fromFile } from '@agop/estimators';
import {
  coverageOf,
  type JudgedModel,
  outputsOf,
  savedPrior,
  savedSummary,
} from '@agop/experiments/table-choice';
import { TabularClassifier, TabularRegressor, tableFormat } from '@agop/tabular';
import { openBackend } from '../backends/backends.ts';
import { inspectChosen } from './inspect-chosen.ts';
import { inFile, type ModelFile, type ModelKind } from './model-kind.ts';
import { type ChosenModel, fittedOn, predictChosen } from './predict-chosen.ts';

/** Models of `agop fit` whose settings were chosen. */
export const chosenModel: ModelKind = {
  format: tableFormat.name,
  open: (file) => {
    const { description, attachments, tensors } = decodeModel(tableFormat, file.bytes);
    const preprocessors = description.members.map(({ preprocessor }) =>
      fromFile('preprocessing', () => TablePreprocessor.fromJSON(preprocessor)),
    );
    const load = (backend: Backend, dtype?: FloatDType) => loadModel(file, description.task, backend, dtype);
    const saved = { summary: savedSummary(attachments), conformal: tensors['conformal'] };
    return {
      isRegression: description.task === 'regression',
      isChosen: true,
      judging: {
        preprocessors,
        load: async (backend, dtype) => judgedModel(await load(backend, dtype), savedPrior(saved.summary)),
      },
      predict: async (path, options, context) => predictChosen(path, preprocessors, load, options, context),
      inspect: async (options, context) => {
        using backend = await openBackend(options, context);
        using model = await load(backend);
        return await inspectChosen(file, model, preprocessors, description, saved);
      },
    };
  },
};

/** A model as it is judged: intervals and label sets, too. */
function judgedModel(model: ChosenModel, prior: readonly number[] | undefined): Disposable & JudgedModel {
  return {
    ...('classes' in model && { classes: model.classes }),
    prior,
    outputs: (table) => outputsOf(model, table),
    extrapolation: (table) => model.extrapolation(table),
    fittedOn: async (table) => fittedOn(model, table),
    coverage: (judged, table) => coverageOf(model, judged, table),
    [Symbol.dispose]: () => model.dispose(),
  };
}

function loadModel(
  { path, bytes }: ModelFile,
  task: 'classification' | 'regression',
  backend: Backend,
  dtype: FloatDType | undefined,
): Promise<TabularClassifier<Label> | TabularRegressor> {
  const options = { backend, ...(dtype && { dtype }) };
  return inFile<TabularClassifier<Label> | TabularRegressor>(path, () =>
    task === 'classification'
      ? TabularClassifier.load<Label>(bytes, options)
      : TabularRegressor.load(bytes, options),
  );
}
