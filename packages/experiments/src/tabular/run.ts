import { type Backend, chooseDType, say, wording } from '@agop/core';
import type { DenseMatrix, Label, TablePreprocessor } from '@agop/data';
import type { FitWarning, IterationEvent, IterationEvents } from '@agop/estimators';
import { type HostMetric, RFMClassifier, RFMRegressor, topDirections } from '@agop/rfm';
import type { RunContext } from '../experiment.ts';
import { withAdvice } from '../out-of-memory.ts';
import { balancedChance } from './balanced-chance.ts';
import { baselineOf, priorOf } from './baseline.ts';
import type { TabularData } from './data.ts';
import { heldOutImportances } from './held-out-importances.ts';
import { imbalanceOf } from './imbalance.ts';
import { pixelGrid, vectorPicture } from './pixels.ts';
import type { PixelGrid, TabularFeatures, TabularResult } from './result.ts';
import { classSelection, modelOptions, numberSelection, type TabularSettings } from './settings.ts';

/** After each iteration, and where the fit goes on otherwise than asked. */
export type TabularEvent = IterationEvent | FitWarning;

/** What a fit may leave out. */
export interface TabularContext extends RunContext<TabularEvent> {
  /** Whether the metric and its directions are kept for the report. Default true. */
  readonly features?: boolean;
}

/** A fit that has ended. */
export interface TabularRun extends Disposable {
  readonly result: TabularResult;
  /** `dispose()` of the run frees it. */
  readonly model: RFMRegressor | RFMClassifier<Label>;
}

/**
 * Fits a Recursive Feature Machine to the rows of a table.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {NotPositiveDefiniteError} if the kernel matrix is numerically singular
 * @throws {AgopError} saying what to do, where memory ran out
 * @throws {AbortedError} through `signal`
 */
export async function runTabularExperiment(
  settings: TabularSettings,
  data: TabularData,
  { backend, signal, onEvent, naming, features = true }: TabularContext,
): Promise<TabularRun> {
  const { preprocessor, training, held } = data;
  const options = { ...modelOptions(settings), backend };
  const started = performance.now();
  const model = await fitModel(options, data, settings, {
    ...(signal && { signal }),
    ...(onEvent && { onIteration: onEvent, onWarning: onEvent }),
  }).catch(withAdvice(memoryAdvice));
  try {
    const seconds = (performance.now() - started) / 1000;
    const { kernel, coefficients } = model.machine;
    const metric =
      preprocessor.task === 'classification' ? classSelection(settings) : numberSelection(settings);
    const iterations = model.history.map(
      ({ iteration, value }) => ({ iteration, metric, value: finite(value) ?? null }) as const,
    );
    const importances = preprocessor.columnImportances(await model.featureImportances());
    const restsOn = await heldOutImportances(model, data, importances, { seed: settings.seed, signal });
    const baseline = data.held && finite(baselineOf(metric, preprocessor, training, data.held));
    const prior = priorOf(preprocessor, training, 'classes' in model ? model.classes : []);
    const imbalance = 'classes' in model ? await imbalanceOf(model, data, prior) : undefined;
    const chance =
      'classes' in model && metric === 'balancedAccuracy' ? await balancedChance(model, data) : undefined;
    const grid = pixelGrid(importances.map(({ column }) => column));
    const result: TabularResult = {
      experiment: 'tabular',
      version: 1,
      summary: {
        task: preprocessor.task,
        table: data.name,
        target: [...preprocessor.targetNames],
        rows: data.rows,
        trainingRows: training.rows,
        heldOutRows: held?.rows ?? 0,
        features: preprocessor.featureNames.length,
        ...('classes' in model && { classes: [...model.classes] }),
        backend: backend.name,
        device: backend.device.description,
        dtype: coefficients.dtype,
        kernel: { name: kernel.name, parameters: { ...kernel.parameters } },
        ridge: options.ridge,
        seed: settings.seed,
        iterations,
        best: iterations[model.best] ?? { iteration: model.best, metric, value: null },
        seconds,
        importances,
        ...(restsOn && { heldOutImportances: restsOn }),
        ...(imbalance && { imbalance }),
        leftOut: [...preprocessor.leftOut],
        warnings: [...model.warnings],
        ...(baseline !== undefined && { baseline }),
        ...(chance !== undefined && { balancedChance: chance }),
        ...(prior.every(Number.isFinite) && { prior }),
        notes: data.notes.map(({ message, ...note }) => ({ ...note, message: say(message, naming) })),
      },
      variance:
        held && preprocessor.task === 'regression'
          ? (finite(variance(preprocessor.targets(held))) ?? null)
          : null,
      grid,
      features: features ? await featuresOf(backend, await model.metric(), preprocessor, grid) : null,
    };
    return { result, model, [Symbol.dispose]: () => model.dispose() };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

type FitOptions = IterationEvents & { readonly signal?: AbortSignal };

async function fitModel(
  options: ReturnType<typeof modelOptions> & { readonly backend: Backend },
  { preprocessor, training, held }: TabularData,
  settings: TabularSettings,
  events: FitOptions,
): Promise<TabularRun['model']> {
  const x = preprocessor.transform(training);
  const heldX = held && preprocessor.transform(held, { unknownCategories: 'ignore' });
  if (preprocessor.task === 'classification') {
    const validation = held && heldX && { x: heldX, y: preprocessor.labels(held) };
    const model = new RFMClassifier<Label>({ ...options, selection: classSelection(settings) });
    return model.fit(x, preprocessor.labels(training), { ...events, ...(validation && { validation }) });
  }
  const validation = held && heldX && { x: heldX, y: preprocessor.targets(held) };
  const model = new RFMRegressor({ ...options, selection: numberSelection(settings) });
  return model.fit(x, preprocessor.targets(training), { ...events, ...(validation && { validation }) });
}

const memoryAdvice = wording`A fit needs about rows squared x 4 bytes (8 in float64): see ${{ option: 'maxRows' }} and ${{ option: 'dtype' }}.`;

/** Eigenvectors of the metric that are kept. */
const keptDirections = 6;
/** Metrics of more features are not decomposed. */
const mostFeatures = 1500;

async function featuresOf(
  backend: Backend,
  metric: HostMetric,
  preprocessor: TablePreprocessor,
  grid: PixelGrid | null,
): Promise<TabularFeatures> {
  const [rows = 0, columns = 0] = metric.shape;
  const isSmallMatrix = rows === columns && rows >= 2 && rows <= mostFeatures;
  return {
    names: [...preprocessor.featureNames],
    metric: { shape: [rows, columns], data: Array.from(metric.data) },
    directions: isSmallMatrix ? await directionsOf(backend, metric, preprocessor, grid) : null,
  };
}

/** The directions of the feature space that a metric looks at most, the largest eigenvalue first. */
async function directionsOf(
  backend: Backend,
  metric: HostMetric,
  preprocessor: TablePreprocessor,
  grid: PixelGrid | null,
): Promise<TabularFeatures['directions']> {
  using matrix = backend.tensor(metric.data, metric.shape, chooseDType(backend, undefined, 'float64'));
  const { values, vectors } = await topDirections(backend, matrix, keptDirections);
  const pictures = grid ? vectors.map((vector) => vectorPicture(vector, grid, preprocessor)) : [];
  return { values: Array.from(values), pictures };
}

/** A number that JSON can hold: squares of huge targets may leave float64. */
function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Mean squared deviation from the means of the columns. */
function variance({ data, shape: [rows, columns] }: DenseMatrix): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += (data[i * columns + c] as number) / rows;
    for (let i = 0; i < rows; i++) sum += ((data[i * columns + c] as number) - mean) ** 2;
  }
  return sum / (rows * columns);
}
