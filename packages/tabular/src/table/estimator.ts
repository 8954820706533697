import type { Backend, FloatDType } from '@agop/core';
import { FormatError, NotFittedError, throwIfAborted } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import type { Table } from '@agop/data';
import {
  decodeModel,
  encodeModel,
  holdOut,
  type ModelSource,
  readBytes,
  type SaveOptions,
  type TaskDescription,
  writeFileAtomically,
} from '@agop/estimators';
import type { ProbabilityMap } from '../calibration/temperature.ts';
import { checkLevel } from '../conformal/conformal.ts';
import type { TrialEvent, TrialRecord } from '../tuner/trial.ts';
import { decodeTrials } from '../tuner/trial-log.ts';
import { tune } from '../tuner/tuner.ts';
import { disposeMembers, type FittedMember, fitMembers, predictMembers } from './fitted-table.ts';
import { decodeMembers, encodeMembers, recordFromFile, recordToFile, tableFormat } from './model-file.ts';
import type { TableModelSettings } from './options.ts';
import { planRungs } from './plan.ts';
import { candidatesOf } from './quick-choice.ts';
import { type TableInput, type TableRoles, toTable } from './table-data.ts';
import { type TableData, TableProblem, takeData } from './table-problem.ts';

/** Options of `fit` of {@link TabularRegressor} and {@link TabularClassifier}. */
export interface TableFitOptions extends TableRoles {
  /** Called after each trial of the choice of settings. */
  readonly onTrial?: (event: TrialEvent) => void;
  /** Called after each fit of a member of the average to all rows. */
  readonly onMember?: (done: number, members: number) => void;
  /** Lines of `encodeTrial` of a search that was interrupted: what they tell is not judged again. */
  readonly resume?: string | undefined;
  /** Stops the fit with an `AbortedError`; the estimator stays as it was before. */
  readonly signal?: AbortSignal | undefined;
}

const fitNames: Readonly<Record<keyof TableFitOptions, boolean>> = {
  ignore: true,
  categorical: true,
  weights: true,
  groups: true,
  onTrial: true,
  onMember: true,
  resume: true,
  signal: true,
};

/** A fitted model of a table. */
export interface TableModel {
  readonly members: readonly FittedMember[];
  readonly outputs: number;
  readonly task: TaskDescription;
  /** Names of the columns that were predicted. */
  readonly targets: readonly string[];
  /** Name of the score that chose, and its value for rows that the fits had not seen. */
  readonly metric: string;
  readonly score: number;
  readonly history: readonly TrialRecord[];
  readonly probability: ProbabilityMap | undefined;
  /** Sorted scores of rows that the fits had not seen: one list for each output, or one for classes. */
  readonly conformal: readonly Float64Array<ArrayBuffer>[];
  /** Whether time ran out before all candidates were judged. */
  readonly endedEarly: boolean;
  readonly attachments: Readonly<Record<string, string>>;
}

/** What {@link TabularRegressor} and {@link TabularClassifier} share. */
export abstract class TableEstimator {
  protected readonly settings: TableModelSettings;
  #model: TableModel | undefined;

  constructor(settings: TableModelSettings) {
    this.settings = settings;
  }

  /** Whether `fit` or loading has succeeded. */
  get fitted(): boolean {
    return this.#model !== undefined;
  }

  /** The fits that are averaged, with their settings and shares. @throws {NotFittedError} */
  get members(): TableModel['members'] {
    return this.requireModel('members').members;
  }

  /** What was tried, and how it did. @throws {NotFittedError} */
  get history(): readonly TrialRecord[] {
    return this.requireModel('history').history;
  }

  /**
   * The score that the settings were chosen by, and its value for rows that the fits had not seen; these rows
   * chose the settings, so that it is a little too good. @throws {NotFittedError}
   */
  get chosenBy(): { readonly metric: string; readonly score: number } {
    const { metric, score } = this.requireModel('chosenBy');
    return { metric, score };
  }

  /** Whether time ran out before all candidates were judged. @throws {NotFittedError} */
  get endedEarly(): boolean {
    return this.requireModel('endedEarly').endedEarly;
  }

  /** Names of the columns that are predicted. @throws {NotFittedError} */
  get targets(): readonly string[] {
    return this.requireModel('targets').targets;
  }

  /** Texts that were saved with the model. */
  get attachments(): Readonly<Record<string, string>> {
    return this.#model?.attachments ?? {};
  }

  /**
   * The model as the bytes of one safetensors file: complete without the training data.
   *
   * @throws {NotFittedError} before `fit` or loading
   */
  async toBytes(options: SaveOptions = {}): Promise<Uint8Array> {
    const model = this.requireModel('save()');
    const { saved, tensors } = await encodeMembers(model.members);
    const { task, metric, score, history, targets, probability, conformal } = model;
    const rows = conformal[0]?.length ?? 0;
    const scores = {
      dtype: 'float64' as const,
      shape: [conformal.length, rows],
      data: Float64Array.from(conformal.flatMap((list) => Array.from(list))),
    };
    return encodeModel(tableFormat, {
      description: {
        ...task,
        members: saved,
        metric,
        score: Number.isFinite(score) ? score : null,
        history: history.map(recordToFile),
        targets: [...targets],
        ...(probability && { probability }),
      },
      tensors: { ...tensors, conformal: scores },
      attachments: options.attachments ?? {},
    });
  }

  /**
   * Writes `toBytes` to a file, through a temporary one that is renamed. Node only.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {StorageError} if the file cannot be written
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    await writeFileAtomically(path, await this.toBytes(options));
  }

  /** Frees the model's tensors; the estimator can be fitted again. */
  dispose(): void {
    if (this.#model) disposeMembers(this.#model.members);
    this.#model = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Chooses settings, fits them, and measures how far off they are.
   *
   * @param scoresOf conformal scores, and the map to probabilities, of predictions for rows that the fits had
   *   not seen
   */
  protected async train(
    data: TableData,
    task: TaskDescription,
    options: TableFitOptions,
    scoresOf: (
      predictions: ArrayLike<number>,
      seen: TableData,
    ) => Pick<TableModel, 'conformal' | 'probability'>,
  ): Promise<this> {
    checkGiven('fit()', options, fitNames);
    const { signal, onTrial, onMember, resume } = options;
    throwIfAborted(signal, 'The fit');
    const { backend, seed, metric, seconds, judging, calibration, parallel, tree, executor } = this.settings;
    const strata = data.task.kind === 'classification' ? data.task.actual : undefined;
    const aside = calibration === undefined ? undefined : holdOut(data.table.rows, calibration, seed, strata);
    const own = aside ? takeData(data, aside.training) : data;
    const problem = new TableProblem(own, metric);
    const { rows } = problem;
    const tuned = await tune(problem, {
      backend,
      seed,
      candidateOf: candidatesOf(this.settings, own.task),
      rungs: planRungs(problem, seed, {
        judging,
        trainingRows: [1500, 3000],
        survivors: rows > 2000 ? 2 : 3,
      }),
      // The fit to all rows takes its time, too.
      seconds: seconds && seconds * (rows > 3000 ? 0.6 : 0.85),
      members: this.settings.members ?? (rows > 20_000 ? 1 : rows > 5000 ? 2 : 3),
      parallel,
      resume: resume === undefined ? undefined : decodeTrials(resume),
      onTrial,
      signal,
    });
    const members = await fitMembers(problem, tuned.members, {
      backend,
      seed,
      tree,
      executor,
      onMember,
      signal,
    });
    try {
      const seen = takeData(aside ? data : own, aside ? aside.held : tuned.rows);
      const predictions = aside ? await predictMembers(members, seen.table) : tuned.predictions;
      const { history, score, endedEarly } = tuned;
      return this.adopt({
        members,
        outputs: problem.outputs,
        task,
        targets: data.targets,
        metric: problem.score.name,
        score,
        history,
        endedEarly,
        attachments: {},
        ...scoresOf(predictions, seen),
      });
    } catch (error) {
      disposeMembers(members);
      throw error;
    }
  }

  /** Averages of the members: outputs of a classification, values of a regression, [rows, outputs]. */
  protected async outputs(x: TableInput): Promise<Float64Array<ArrayBuffer>> {
    const { members } = this.requireModel('predict()');
    return predictMembers(members, await this.featuresOf(x));
  }

  /** Samples as a table. */
  protected featuresOf(x: TableInput): Promise<Table> {
    return toTable(x);
  }

  /** @throws {NotFittedError} without a model */
  protected requireModel(what: string): TableModel {
    if (!this.#model) throw new NotFittedError(what);
    return this.#model;
  }

  /** @throws {OptionError} for a level that is no probability between 0 and 1 */
  protected level(level: number): number {
    return checkLevel(level);
  }

  /** Takes over a new model and frees the old one. */
  protected adopt(model: TableModel): this {
    this.dispose();
    this.#model = model;
    return this;
  }
}

/** Options of loading a model of a table. */
export interface TableLoadOptions {
  /** Where to compute. */
  readonly backend: Backend;
  /**
   * Precision to compute in. Default that of the file, or the backend's preferred one where it has not that.
   */
  readonly dtype?: FloatDType;
}

/**
 * Reads a model of a table.
 *
 * @throws {FormatError} for files that are truncated, foreign, of a newer version, or of the other task
 * @throws {OptionError} for a dtype that the backend does not compute in
 * @throws {StorageError} if the file cannot be read
 */
export async function loadTable(
  source: ModelSource,
  kind: TaskDescription['task'],
  options: TableLoadOptions,
): Promise<TableModel> {
  checkGiven('load()', options, { backend: true, dtype: true });
  const { description, tensors, attachments } = decodeModel(tableFormat, await readBytes(source));
  const { task, classes, singleOutput } = description;
  if (task !== kind) {
    const found = task === 'regression' ? 'regression' : 'classifier';
    throw new FormatError(
      `The saved model is a ${found}: load it with ${tableFormat.estimators[task]}.load.`,
    );
  }
  const outputs = task === 'classification' ? (classes?.length ?? 0) : description.targets.length;
  if (outputs < (task === 'classification' ? 2 : 1)) {
    throw new FormatError('The saved model is damaged: it lacks its classes.');
  }
  const stored = tensors['conformal'];
  const [lists = 0, length = 0] = stored?.shape ?? [];
  return {
    members: await decodeMembers(description.members, tensors, outputs, options),
    outputs,
    task: { task, ...(classes && { classes }), ...(singleOutput !== undefined && { singleOutput }) },
    targets: description.targets,
    metric: description.metric,
    score: description.score ?? Number.NaN,
    history: description.history.map(recordFromFile),
    probability: description.probability,
    conformal: Array.from({ length: lists }, (_, k) =>
      Float64Array.from(Array.from(stored?.data ?? []).slice(k * length, (k + 1) * length)),
    ),
    endedEarly: false,
    attachments,
  };
}
