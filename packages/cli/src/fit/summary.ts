import { basename } from 'node:path';
import type { Backend } from '@agop/core';
import type { ColumnImportance, LeftOutColumn, Table } from '@agop/data';
import type { OptionValues } from '../options.ts';
import type { Findings } from './findings.ts';
import type { DividedTable } from './held-out.ts';
import { estimatorOptions, seedOption } from './settings.ts';
import type { Model, Scoreboard } from './train.ts';

/** One iteration as `--json` prints it. */
interface IterationSummary {
  readonly iteration: number;
  readonly metric: string;
  /** Null without held-out rows. */
  readonly value: number | null;
}

/** What `fit --json` prints. */
export interface FitSummary {
  readonly task: 'regression' | 'classification';
  readonly table: string;
  readonly target: readonly string[];
  readonly rows: number;
  readonly trainingRows: number;
  readonly heldOutRows: number;
  /** Columns of the feature matrix. */
  readonly features: number;
  /** Classes of a classification, in the order of the model's outputs. */
  readonly classes?: readonly (string | number)[];
  readonly backend: string;
  readonly device: string;
  readonly dtype: string;
  readonly kernel: { readonly name: string; readonly parameters: Readonly<Record<string, number>> };
  readonly ridge: number;
  readonly seed: number;
  readonly iterations: readonly IterationSummary[];
  /** The iteration that was kept. */
  readonly best: IterationSummary;
  /** Of the fit alone. */
  readonly seconds: number;
  readonly importances: readonly ColumnImportance[];
  readonly leftOut: readonly LeftOutColumn[];
  readonly output?: string;
  readonly report?: string;
}

interface FitResults {
  readonly path: string;
  readonly table: Table;
  readonly divided: DividedTable;
  readonly backend: Backend;
  readonly model: Model;
  readonly board: Scoreboard;
  readonly findings: Findings;
  readonly options: OptionValues;
  readonly seconds: number;
}

export function fitSummary(results: FitResults): FitSummary {
  const { path, table, divided, backend, model, board, findings, options, seconds } = results;
  const { preprocessor, training, held } = divided;
  const { kernel, coefficients } = model.machine;
  const iterations = board.history.map(({ iteration, metric, value }) => ({
    iteration,
    metric,
    value: value ?? null,
  }));
  const output = options.text('output');
  const report = options.text('report');
  return {
    task: preprocessor.task,
    table: basename(path),
    target: preprocessor.targetNames,
    rows: held !== undefined && isOtherFile(table, training, held) ? training.rows + held.rows : table.rows,
    trainingRows: training.rows,
    heldOutRows: held?.rows ?? 0,
    features: preprocessor.featureNames.length,
    ...('classes' in model && { classes: model.classes }),
    backend: backend.name,
    device: backend.device.description,
    dtype: coefficients.dtype,
    kernel: { name: kernel.name, parameters: kernel.parameters },
    ridge: estimatorOptions(options).ridge ?? 1e-3,
    seed: seedOption(options),
    iterations,
    best: iterations[board.best] ?? { iteration: board.best, metric: board.metric, value: null },
    seconds,
    importances: findings.importances,
    leftOut: preprocessor.leftOut,
    ...(output !== undefined && { output }),
    ...(report !== undefined && { report }),
  };
}

/** Whether the held-out rows came from a file of their own. */
function isOtherFile(table: Table, training: Table, held: Table): boolean {
  return training.rows + held.rows !== table.rows;
}
