import { inspect, inspection, NotFittedError, throwIfAborted } from '@agop/core';
import { checkCallback, checkGiven, checkMembers, checkSignal, checkWhole } from '@agop/core/options';
import type { ColumnType, Table } from '@agop/data';
import {
  finiteOutputs,
  holdOut,
  type SaveOptions,
  type TaskDescription,
  writeFileAtomically,
} from '@agop/estimators';
import { toCalibrated } from '../calibration/temperature.ts';
import { checkLevel } from '../conformal/conformal.ts';
import { trialsOn } from '../jobs/tabular-job.ts';
import type { LeafEvents } from '../model/events.ts';
import type { TrialEvent, TrialRecord } from '../tuner/trial.ts';
import { decodeTrials } from '../tuner/trial-log.ts';
import { tune } from '../tuner/tuner.ts';
import { type ContributionOptions, type Contributions, contributionsOfTable } from './contributions.ts';
import { type Extrapolation, extrapolationOf } from './extrapolation.ts';
import { planFinalFit } from './final-fit.ts';
import { disposeMembers, fitMembers, predictMembers, usualLeafRows } from './fitted-table.ts';
import type { TableModelSettings } from './options.ts';
import { heldRows, planRungs } from './plan.ts';
import { candidatesOf } from './quick-choice.ts';
import { type TableInput, type TableRoles, toTable } from './table-data.ts';
import { encodeTable, type JudgedRows, type TableModel } from './table-model.ts';
import { type TableData, TableProblem, takeData } from './table-problem.ts';

/** Options of `fit` of {@link TabularRegressor} and {@link TabularClassifier}. */
export interface TableFitOptions extends TableRoles, LeafEvents {
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
  spellings: true,
  onTrial: true,
  onMember: true,
  onLeaf: true,
  readLeaf: true,
  writeLeaf: true,
  resume: true,
  signal: true,
};

/** What {@link TabularRegressor} and {@link TabularClassifier} share. */
export abstract class TableEstimator {
  protected readonly settings: TableModelSettings;
  #model: TableModel | undefined;

  constructor(settings: TableModelSettings) {
    this.settings = settings;
  }

  /** In a line, for Node's `console.log`. */
  [inspect](): string {
    const targets = this.#model?.targets;
    return inspection(this.constructor.name, { fitted: this.fitted, ...(targets && { targets }) });
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

  /**
   * Whether time ran short: not all candidates were judged, or not all members fitted, or in smaller leaves
   * than usual. @throws {NotFittedError}
   */
  get endedEarly(): boolean {
    return this.requireModel('endedEarly').endedEarly;
  }

  /**
   * The rows that judged the choice, with the predictions of the average of fits that had not seen them: for
   * scores of each fold, curves and residuals. They chose the settings, so that scores of them are a little
   * too good. Undefined of a model that was loaded. @throws {NotFittedError}
   */
  get judged(): JudgedRows | undefined {
    return this.requireModel('judged').judged;
  }

  /** Names of the columns that are predicted. @throws {NotFittedError} */
  get targets(): readonly string[] {
    return this.requireModel('targets').targets;
  }

  /**
   * What the columns of the training rows were, by name: `types` of the readers of `@agop/data`, so that
   * further rows are read as these were. @throws {NotFittedError}
   */
  get columnTypes(): Readonly<Record<string, ColumnType>> {
    return this.#firstMember('columnTypes').preprocessor.columnTypes;
  }

  /**
   * Categories that are texts which mean "missing" elsewhere: `kept` of the readers of `@agop/data`.
   * @throws {NotFittedError}
   */
  get keptTexts(): Readonly<Record<string, readonly string[]>> {
    return this.#firstMember('keptTexts').preprocessor.keptTexts;
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
    checkMembers('toBytes()', options, { attachments: 'object?' });
    return encodeTable(this.requireModel('save()'), options.attachments ?? {});
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
    const { signal, onTrial, onMember, resume, onLeaf, readLeaf, writeLeaf } = options;
    checkCallback('onTrial', onTrial);
    checkCallback('onMember', onMember);
    checkSignal(signal);
    checkCallback('onLeaf', onLeaf);
    checkCallback('readLeaf', readLeaf);
    checkCallback('writeLeaf', writeLeaf);
    throwIfAborted(signal, 'The fit');
    const started = performance.now();
    const { backend, seed, metric, seconds, memory, judging, calibration, parallel, executor } =
      this.settings;
    const strata = data.task.kind === 'classification' ? data.task.actual : undefined;
    const aside = calibration === undefined ? undefined : holdOut(data.table.rows, calibration, seed, strata);
    const own = aside ? takeData(data, aside.training) : data;
    const problem = new TableProblem(own, metric);
    const { rows } = problem;
    const given = judging?.kind === 'rows' ? heldRows(own, judging.held) : undefined;
    const tuned = await tune(problem, {
      backend,
      seed,
      candidateOf: candidatesOf(this.settings, own),
      rungs: planRungs(problem, seed, {
        judging: judging?.kind === 'rows' ? undefined : judging,
        given,
        memory,
        trials: this.settings.trials ?? 0,
        survivors: rows > 2000 ? 2 : 3,
      }),
      // The fit to all rows takes its time, too.
      seconds: seconds && seconds * (rows > 3000 ? 0.6 : 0.85),
      members: this.settings.members ?? (rows > 20_000 ? 1 : rows > 5000 ? 2 : 3),
      memory,
      parallel,
      executor: executor && trialsOn(executor),
      resume: resume === undefined ? undefined : decodeTrials(resume),
      onTrial,
      signal,
    });
    const fitted = given ? new TableProblem(takeData(own, given.training), metric) : problem;
    const tree = { leafRows: usualLeafRows(fitted.rows), fewerLeaves: true, ...this.settings.tree };
    const final =
      seconds === undefined
        ? { members: tuned.members, leafRows: undefined }
        : planFinalFit(
            tuned.members,
            tuned.history,
            { rows: fitted.rows, leafRows: tree.leafRows, divisions: tuned.folds.length, parallel },
            seconds - (performance.now() - started) / 1000,
          );
    const leafBytes = memory && Math.min(memory, tree.leafBytes ?? memory);
    const members = await fitMembers(fitted, final.members, {
      backend,
      seed,
      tree: {
        ...tree,
        ...(leafBytes !== undefined && { leafBytes: Math.max(Math.floor(leafBytes), 2 ** 20) }),
        ...(final.leafRows !== undefined && { leafRows: final.leafRows }),
      },
      executor,
      leafEvents: {
        ...(onLeaf && { onLeaf }),
        ...(readLeaf && { readLeaf }),
        ...(writeLeaf && { writeLeaf }),
      },
      onMember,
      signal,
    });
    try {
      const seen = takeData(aside ? data : own, aside ? aside.held : tuned.rows);
      const predictions = aside ? await predictMembers(members, seen.table) : tuned.predictions;
      const { history, score, folds, endedEarly } = tuned;
      const { probability, conformal } = scoresOf(predictions, seen);
      const { origin } = own;
      return this.adopt({
        members,
        outputs: problem.outputs,
        task,
        targets: data.targets,
        metric: problem.score.name,
        score,
        history,
        endedEarly: endedEarly || final.members.length < tuned.members.length || final.leafRows !== undefined,
        attachments: {},
        probability,
        conformal,
        judged: {
          rows: origin ? tuned.rows.map((row) => origin[row] as number) : tuned.rows,
          folds,
          predictions: probability
            ? toCalibrated(tuned.predictions, problem.outputs, probability)
            : Float64Array.from(tuned.predictions),
        },
      });
    } catch (error) {
      disposeMembers(members);
      throw error;
    }
  }

  /** Averages of the members: outputs of a classification, values of a regression, [rows, outputs]. */
  protected async outputs(x: TableInput): Promise<Float64Array<ArrayBuffer>> {
    const { members } = this.requireModel('predict()');
    return finiteOutputs(await predictMembers(members, await this.featuresOf(x)));
  }

  /**
   * What each column contributes to the predictions of rows, in units of the targets, or shares of the
   * probability of each class: by gradients between the average training row and the row (integrated
   * gradients). The reference and the contributions of a row sum to its prediction.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {OptionError} for unknown options, and steps below 1
   * @throws {ValueError} for columns that are missing, and cells that are no numbers where they must be
   * @throws {AbortedError} through `signal`
   */
  async contributions(x: TableInput, options: ContributionOptions = {}): Promise<Contributions> {
    const { members, outputs, probability } = this.requireModel('contributions()');
    checkGiven('contributions()', options, { steps: true, signal: true });
    if (options.steps !== undefined) checkWhole('steps', options.steps, 1);
    return contributionsOfTable(members, await this.featuresOf(x), outputs, probability, options);
  }

  /**
   * Which rows lie outside of what the model was fitted on, and why: its predictions for them rest on nothing
   * that it has seen. In a row of the same kind as the training rows that is rare.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for columns that are missing, and cells that are no numbers where they must be
   */
  async extrapolation(x: TableInput): Promise<Extrapolation> {
    const { members } = this.requireModel('extrapolation()');
    return extrapolationOf(members, await this.featuresOf(x));
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

  #firstMember(what: string): TableModel['members'][number] {
    const [first] = this.requireModel(what).members;
    if (first === undefined) throw new NotFittedError(what);
    return first;
  }

  /** Takes over a new model and frees the old one. */
  protected adopt(model: TableModel): this {
    this.dispose();
    this.#model = model;
    return this;
  }
}
