import { type Backend, type FloatDType, FormatError } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import {
  decodeModel,
  encodeModel,
  type ModelSource,
  readBytes,
  type TaskDescription,
} from '@agop/estimators';
import type { ProbabilityMap } from '../calibration/temperature.ts';
import type { TrialRecord } from '../tuner/trial.ts';
import type { FittedMember } from './fitted-table.ts';
import { decodeMembers, encodeMembers, recordFromFile, recordToFile, tableFormat } from './model-file.ts';

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
  /** What judged the choice; undefined of a model that was loaded. */
  readonly judged: JudgedRows | undefined;
  /** Whether time ran out before all candidates were judged. */
  readonly endedEarly: boolean;
  readonly attachments: Readonly<Record<string, string>>;
}

/** Rows that judged a choice of settings, with the predictions of fits that had not seen them. */
export interface JudgedRows {
  /** Their numbers among the rows that were given to the fit, fold by fold. */
  readonly rows: Int32Array;
  /** How many of them each fold has; one where a part was held out. */
  readonly folds: readonly number[];
  /** Of the average: values of a regression, probabilities of classes, [rows, outputs], row-major. */
  readonly predictions: Float64Array;
}

/** The bytes of a model of a table. */
export async function encodeTable(
  model: TableModel,
  attachments: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const { saved, tensors } = await encodeMembers(model.members);
  const { task, metric, score, history, targets, probability, conformal } = model;
  const scores = {
    dtype: 'float64' as const,
    shape: [conformal.length, conformal[0]?.length ?? 0],
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
    attachments,
  });
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
    judged: undefined,
    endedEarly: false,
    attachments,
  };
}
