import { randomPermutation, say, subkey, wording } from '@agop/core';
import { type Label, type Table, takeRows } from '@agop/data';
import { CentralSubspace, CentralSubspaceClassifier } from '@agop/subspace';
import type { RunContext } from '../experiment.ts';
import { withAdvice } from '../out-of-memory.ts';
import type { TabularData } from '../tabular/data.ts';
import { targetCalendars } from '../tabular/notation.ts';
import type { SubspaceResult } from './result.ts';
import { estimatorOptions, type SubspaceSettings } from './settings.ts';

/** Before the search, and before what was found is judged. */
export interface SubspaceEvent {
  readonly phase: 'directions' | 'held-out rows';
}

/** A search that has ended. */
export interface SubspaceRun extends Disposable {
  readonly result: SubspaceResult;
  /** `dispose()` of the run frees it. */
  readonly model: CentralSubspace | CentralSubspaceClassifier<Label>;
}

/** Rows that are drawn. */
const drawnRows = 1000;

const memoryAdvice = wording`Weights and sums are kept within a budget, but rows and kernel matrices are not: see ${{ option: 'maxRows' }} and ${{ option: 'dtype' }}.`;

/**
 * Finds the directions that the target of a table depends on.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {ValueError} where nothing varies
 * @throws {AgopError} saying what to do, where memory ran out
 * @throws {AbortedError} through `signal`
 */
export async function runSubspaceExperiment(
  settings: SubspaceSettings,
  data: TabularData,
  { backend, signal, onEvent, naming }: RunContext<SubspaceEvent>,
): Promise<SubspaceRun> {
  const { preprocessor, training, held } = data;
  const started = performance.now();
  onEvent?.({ phase: 'directions' });
  const options = { ...estimatorOptions(settings), backend };
  const model =
    preprocessor.task === 'classification'
      ? new CentralSubspaceClassifier<Label>(options)
      : new CentralSubspace(options);
  try {
    await fitModel(model, data, signal).catch(withAdvice(memoryAdvice));
    if (held) onEvent?.({ phase: 'held-out rows' });
    const score = held && (await scoreOf(model, data, held));
    const seconds = (performance.now() - started) / 1000;
    const { selection, dimension, loadings } = model;
    const eigenvalues = [...model.eigenvalues];
    const names = preprocessor.featureNames;
    const calendars = preprocessor.task === 'regression' ? targetCalendars(preprocessor) : [];
    const result: SubspaceResult = {
      experiment: 'subspace',
      version: 1,
      summary: {
        task: preprocessor.task,
        table: data.name,
        target: [...preprocessor.targetNames],
        ...(calendars.some((one) => one !== null) && { calendars }),
        rows: data.rows,
        trainingRows: training.rows,
        heldOutRows: held?.rows ?? 0,
        features: names.length,
        ...('classes' in model && { classes: model.classes.map((label) => label) }),
        backend: backend.name,
        device: backend.device.description,
        dtype: settings.dtype ?? (backend.dtypes.includes('float64') ? 'float64' : backend.preferredDType),
        seconds,
        method: settings.method,
        seed: settings.seed,
        dimension,
        ...(selection && { selection: { ...selection, scores: [...selection.scores] } }),
        directions: Array.from({ length: dimension }, (_, k) => ({
          eigenvalue: eigenvalues[k] ?? 0,
          loadings: names
            .map((feature, i) => ({ feature, loading: loadings.data[i * dimension + k] as number }))
            .sort((a, b) => Math.abs(b.loading) - Math.abs(a.loading)),
        })),
        eigenvalues,
        ...(score && { score }),
        leftOut: [...preprocessor.leftOut],
        notes: data.notes.map(({ message, ...note }) => ({ ...note, message: say(message, naming) })),
      },
      points: await pointsOf(model, data, settings.seed),
    };
    return { result, model, [Symbol.dispose]: () => model.dispose() };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function fitModel(
  model: SubspaceRun['model'],
  { preprocessor, training }: TabularData,
  signal: AbortSignal | undefined,
): Promise<void> {
  const x = preprocessor.transform(training);
  const options = { ...(signal && { signal }) };
  if (model instanceof CentralSubspaceClassifier) {
    await model.fit(x, preprocessor.labels(training), options);
  } else {
    await model.fit(x, preprocessor.targets(training), options);
  }
}

/** How well held-out rows are predicted from the directions, and by a guess without features. */
async function scoreOf(
  model: SubspaceRun['model'],
  { preprocessor, training }: TabularData,
  held: Table,
): Promise<NonNullable<SubspaceResult['summary']['score']>> {
  const x = preprocessor.transform(held, { unknownCategories: 'ignore' });
  if (model instanceof CentralSubspaceClassifier) {
    const labels = preprocessor.labels(held);
    const value = await model.score(x, labels);
    return { measure: 'accuracy', value, guess: shareOfMostFrequent(preprocessor.labels(training), labels) };
  }
  return { measure: 'r2', value: await model.score(x, preprocessor.targets(held)), guess: 0 };
}

function shareOfMostFrequent(known: readonly Label[], judged: readonly Label[]): number {
  const counts = new Map<Label, number>();
  for (const label of known) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [[most] = []] = [...counts].toSorted((a, b) => b[1] - a[1]);
  return judged.filter((label) => label === most).length / judged.length;
}

/** Training rows along the directions, at most a thousand, drawn at random. */
async function pointsOf(
  model: SubspaceRun['model'],
  { preprocessor, training }: TabularData,
  seed: number,
): Promise<SubspaceResult['points']> {
  const rows = takeRows(
    training,
    randomPermutation(training.rows, subkey(seed, 'row-sample')).slice(0, drawnRows).sort(),
  );
  const { data, shape } = await model.transform(preprocessor.transform(rows));
  const [n = 0, dimension = 0] = shape;
  const targets =
    model instanceof CentralSubspaceClassifier
      ? preprocessor.labels(rows).map((label) => model.classes.indexOf(label))
      : firstColumn(preprocessor.targets(rows));
  return {
    coordinates: Array.from({ length: dimension }, (_, k) =>
      Array.from({ length: n }, (__, i) => data[i * dimension + k] as number),
    ),
    target: targets,
  };
}

function firstColumn({ data, shape: [rows, columns] }: ReturnType<TabularData['preprocessor']['targets']>) {
  return Array.from({ length: rows }, (_, i) => data[i * columns] as number);
}
