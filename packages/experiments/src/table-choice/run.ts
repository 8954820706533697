import { say, wording } from '@agop/core';
import { identifierWords, type Label, requireColumn, type Table, type TableNote, takeRows } from '@agop/data';
import {
  type LeafEvent,
  type LeafEvents,
  type TableFitOptions,
  TabularClassifier,
  type TabularExecutor,
  TabularRegressor,
  type TrialEvent,
} from '@agop/tabular';
import type { RunContext } from '../experiment.ts';
import { withAdvice } from '../out-of-memory.ts';
import { targetCalendars } from '../tabular/notation.ts';
import { boardOf, priorOf } from './board.ts';
import { metricShares, shuffledImportances } from './columns.ts';
import type { TableChoiceData } from './data.ts';
import { drawnOf } from './drawn.ts';
import { judgedRows, outputsOf } from './judged-rows.ts';
import type { TableModel } from './model.ts';
import { type OutsideRows, outsideNotes, outsideReasons, outsideRows } from './outside.ts';
import type { TableChoiceResult } from './result.ts';
import { choiceOptions, metricOf, type TableChoiceSettings } from './settings.ts';
import { candidateWords, choiceWords } from './words.ts';

/** How far a run is. */
export type TableChoiceEvent =
  /** After each trial of settings; `seconds` since the first began. */
  | { readonly phase: 'trial'; readonly event: TrialEvent; readonly settings: string }
  /** After each leaf of a fit to all training rows. */
  | { readonly phase: 'leaf'; readonly event: LeafEvent }
  /** After each fit to all training rows. */
  | { readonly phase: 'fit'; readonly done: number; readonly members: number }
  | { readonly phase: 'test' };

/** What a run may leave out, and where its parts run. */
export interface TableChoiceContext
  extends RunContext<TableChoiceEvent>,
    Pick<LeafEvents, 'readLeaf' | 'writeLeaf'> {
  /** Where settings are judged and leaves are fitted; default the backend. The result is the same. */
  readonly executor?: TabularExecutor | undefined;
  /** Whether what a report draws is worked out. Default true. */
  readonly drawn?: boolean;
  /** Lines of trials of a run that was interrupted: they are not judged again. */
  readonly resume?: string | undefined;
}

/** A fit that has ended. */
export interface TableChoiceRun extends Disposable {
  readonly result: TableChoiceResult;
  /** `dispose()` of the run frees it. */
  readonly model: TableModel;
}

/**
 * Chooses settings for a table on its training rows, fits them, and tests them on the others.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {ValueError} where no settings could be judged, and for weights that are none
 * @throws {AgopError} saying what to do, where memory ran out
 * @throws {AbortedError} through `signal`
 */
export async function runTableChoice(
  settings: TableChoiceSettings,
  data: TableChoiceData,
  context: TableChoiceContext,
): Promise<TableChoiceRun> {
  const { backend, signal, onEvent, naming, drawn = true } = context;
  const { preprocessor, training, test } = data;
  const started = performance.now();
  const model = await fitModel(settings, data, context).catch(withAdvice(memoryAdvice));
  try {
    onEvent?.({ phase: 'test' });
    const { task } = preprocessor;
    const { weights, seed } = settings;
    const classes = 'classes' in model ? model.classes : undefined;
    const judged = model.judged;
    const validation =
      judged &&
      judgedRows(classes, takeRows(training, judged.rows), preprocessor, judged.predictions, weights);
    const tested = test && judgedRows(classes, test, preprocessor, await outputsOf(model, test), weights);
    const prior = priorOf(judgedRows(classes, training, preprocessor, [], weights));
    const calendars = task === 'regression' ? targetCalendars(preprocessor) : [];
    const metric = metricOf(settings, task);
    const outside = test && (await outsideOf(model, test));
    const importances = await metricShares(model);
    const [rows, of] = test && tested ? [test, tested] : [undefined, undefined];
    const restsOn =
      rows &&
      (await shuffledImportances(rows, of, importances, (table) => outputsOf(model, table), {
        seed,
        signal,
      }));
    const { notes, name, knownTestRows } = data;
    const result: TableChoiceResult = {
      experiment: 'table-choice',
      version: 1,
      summary: {
        task,
        table: name,
        target: [...preprocessor.targetNames],
        rows: training.rows + (test?.rows ?? 0),
        trainingRows: training.rows,
        validationRows: judged?.rows.length ?? 0,
        folds: judged?.folds.length ?? 0,
        testRows: test?.rows ?? 0,
        ...(knownTestRows !== undefined && { knownTestRows }),
        columns: importances.length,
        ...(classes && { classes: [...classes] }),
        backend: backend.name,
        device: backend.device.description,
        dtype: backend.dtypes.includes('float64') ? 'float64' : 'float32',
        seconds: (performance.now() - started) / 1000,
        seed,
        metric,
        ...(calendars.some((one) => one !== null) && { calendars }),
        ...(prior.every(Number.isFinite) && { prior }),
        scores: boardOf({
          validation,
          folds: judged?.folds ?? [],
          test: tested,
          prior,
          calendars,
          metric,
          seed,
        }),
        members: model.members.map(({ share, candidate, choice, fitted }) => ({
          share,
          settings: candidateWords(candidate),
          fit: choiceWords(choice),
          leaves: fitted.leaves.length,
          trees: fitted.trees.length,
        })),
        history: model.history.map(
          ({ trial, rung, candidate, choice, score, rows: count, seconds, failure }) => ({
            trial,
            rung,
            settings: candidateWords(candidate),
            score: score !== undefined && Number.isFinite(score) ? score : null,
            ...(choice && { fit: choiceWords(choice) }),
            rows: count,
            seconds,
            ...(failure !== undefined && { failure }),
          }),
        ),
        endedEarly: model.endedEarly,
        importances,
        ...(restsOn && { heldOutImportances: restsOn }),
        notes: [...notes, ...(outside ? notesOnTest(outside, test.rows) : [])].map(
          ({ message, ...note }) => ({
            ...note,
            message: say(message, naming),
          }),
        ),
        leftOut: leftOutOf(model, data),
      },
      drawn: drawn
        ? await drawnOf(model, data, {
            judged: tested ?? validation,
            isTest: tested !== undefined,
            columns: (restsOn?.columns ?? importances.toSorted((a, b) => b.importance - a.importance)).map(
              ({ column }) => column,
            ),
            prior,
            outside: outside?.rows ?? 0,
            signal,
          })
        : null,
    };
    return { result, model, [Symbol.dispose]: () => model.dispose() };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Of few rows outside, as any division of rows has them, nothing is said. */
const fewOutside = 0.05;

async function outsideOf(model: TableModel, test: Table): Promise<OutsideRows> {
  const outside = await model.extrapolation(test);
  return outsideRows(outside, outsideReasons(outside, test.rows));
}

/** A remark where many test rows are of another kind than what was fitted: their score says so, not why. */
function notesOnTest(outside: OutsideRows, rows: number): TableNote[] {
  if (outside.rows <= fewOutside * rows) return [];
  return outsideNotes(outside, rows, 'test rows', ['The scores of the test say how well it guesses.']);
}

const memoryAdvice = wording`A leaf needs about its rows squared x 8 bytes: see ${{ option: 'leafRows' }} and ${{ option: 'maxRows' }}.`;

async function fitModel(
  settings: TableChoiceSettings,
  { preprocessor, training }: TableChoiceData,
  { backend, signal, onEvent, resume, executor, readLeaf, writeLeaf }: TableChoiceContext,
): Promise<TableModel> {
  const { ignore, categorical, spellings, group, weights, classWeights } = settings;
  const options = { ...choiceOptions(settings, preprocessor.task), backend, executor };
  const roles: TableFitOptions = {
    ignore,
    categorical,
    spellings,
    weights,
    groups: group,
    resume,
    signal,
    onTrial: (event) =>
      onEvent?.({ phase: 'trial', event, settings: candidateWords(event.record.candidate) }),
    onLeaf: (event) => onEvent?.({ phase: 'leaf', event }),
    ...(readLeaf && { readLeaf }),
    ...(writeLeaf && { writeLeaf }),
    onMember: (done, members) => onEvent?.({ phase: 'fit', done, members }),
  };
  const [target = ''] = preprocessor.targetNames;
  if (preprocessor.task === 'classification') {
    const model = new TabularClassifier<Label>(options);
    return model.fit(training, target, { ...roles, classWeights });
  }
  const model = new TabularRegressor(options);
  return model.fit(training, preprocessor.targetNames, roles);
}

/** Columns of the table that no fit uses, and why. */
function leftOutOf(
  { members }: TableModel,
  { training, identifiers = [] }: TableChoiceData,
): { column: string; reason: string; detail: string }[] {
  const leftOut = members[0]?.preprocessor.leftOut ?? [];
  return leftOut.map(({ column, reason, detail }) =>
    identifiers.includes(column)
      ? { column, reason: 'identifier', detail: `it ${identifierWords(requireColumn(training, column))}` }
      : { column, reason, detail },
  );
}
