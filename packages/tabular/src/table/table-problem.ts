import { type Table, TablePreprocessor, takeRows } from '@agop/data';
import { directionOf, nameOfScore, oneHot, type Rows, type Score } from '@agop/estimators';
import type { Candidate } from '../tuner/candidate.ts';
import type { Comparison } from '../tuner/comparison.ts';
import { fitScale, toFitted } from '../tuner/output-scale.ts';
import type { PreparedRows, Problem } from '../tuner/problem.ts';

/** What is to be learned of a table. */
export type TableTask =
  /** `actual`: class indices [n]. */
  | { readonly kind: 'classification'; readonly classes: number; readonly actual: Int32Array }
  /** `actual`: values [n, outputs], row-major. */
  | { readonly kind: 'regression'; readonly outputs: number; readonly actual: Float64Array };

/** A table with its task. */
export interface TableData {
  /** With the target among its columns. */
  readonly table: Table;
  readonly targets: readonly string[];
  readonly task: TableTask;
  /** Columns that are no features. */
  readonly ignore: readonly string[];
  /** Columns of numbers that are codes. */
  readonly categorical: readonly string[];
  /** Whether texts that differ in capital letters or blanks alone are one; default `keep`. */
  readonly spellings?: 'keep' | 'merge';
  /** How much each row counts, positive, with mean 1; undefined where all count alike. */
  readonly weights: Float64Array | undefined;
  readonly groups: ArrayLike<string | number> | undefined;
  /** Number of each row as it was given; undefined where none was left out. */
  readonly origin: Int32Array | undefined;
}

/** {@link PreparedRows} with what was learned of the training rows. */
export interface PreparedTable extends PreparedRows {
  readonly preprocessor: TablePreprocessor;
}

/** A table as a problem for the tuner. */
export class TableProblem implements Problem {
  readonly rows: number;
  readonly outputs: number;
  readonly weights: Float64Array | undefined;
  readonly strata: ArrayLike<number> | undefined;
  readonly groups: ArrayLike<string | number> | undefined;
  readonly data: TableData;
  readonly score: Problem['score'];
  readonly #score: Score;
  /** Matrices by what they were prepared of: many candidates want the same. */
  readonly #matrices = new WeakMap<
    Int32Array,
    Map<string, Pick<PreparedTable, 'preprocessor' | 'codes' | 'x' | 'held'>>
  >();

  constructor(data: TableData, score: Score) {
    const { table, task, weights, groups } = data;
    this.data = data;
    this.rows = table.rows;
    this.outputs = task.kind === 'classification' ? task.classes : task.outputs;
    this.weights = weights;
    this.strata = task.kind === 'classification' ? task.actual : undefined;
    this.groups = groups;
    this.#score = score;
    const sign = directionOf(score) === 'higher' ? -1 : 1;
    this.score = { name: nameOfScore(score), ofLoss: (loss) => sign * loss };
  }

  prepare(candidate: Candidate, training: Int32Array, held: Int32Array | undefined): PreparedTable {
    const matrices = this.#matrix(candidate, training, held);
    const { task } = this.data;
    if (task.kind === 'classification') {
      const targets = oneHot(
        Int32Array.from(training, (row) => task.actual[row] as number),
        task.classes,
      );
      return { ...matrices, targets, scales: [] };
    }
    const { actual, outputs } = task;
    const scales = Array.from({ length: outputs }, (_, k) =>
      fitScale(
        candidate.target,
        Float64Array.from(training, (row) => actual[row * outputs + k] as number),
      ),
    );
    const targets = new Float64Array(training.length * outputs);
    for (const [at, row] of training.entries()) {
      for (const [k, scale] of scales.entries()) {
        targets[at * outputs + k] = toFitted(scale, actual[row * outputs + k] as number);
      }
    }
    return { ...matrices, targets, scales };
  }

  comparison(rows: Int32Array): Comparison {
    const { task, weights } = this.data;
    const common = {
      score: this.#score,
      weights: weights && Float64Array.from(rows, (row) => weights[row] as number),
    };
    if (task.kind === 'classification') {
      const actual = Int32Array.from(rows, (row) => task.actual[row] as number);
      return { ...common, task: 'classification', actual, columns: task.classes };
    }
    const { outputs } = task;
    const actual = new Float64Array(rows.length * outputs);
    for (const [at, row] of rows.entries()) {
      for (let k = 0; k < outputs; k++) actual[at * outputs + k] = task.actual[row * outputs + k] as number;
    }
    return { ...common, task: 'regression', actual, columns: outputs };
  }

  #matrix(
    { numbers, categories }: Candidate,
    training: Int32Array,
    held: Int32Array | undefined,
  ): Pick<PreparedTable, 'preprocessor' | 'codes' | 'x' | 'held'> {
    const known = this.#matrices.get(training) ?? new Map();
    this.#matrices.set(training, known);
    const key = `${numbers} ${categories} ${held === undefined}`;
    const found = known.get(key);
    if (found) return found;
    const { table, targets, task, ignore, categorical, spellings = 'keep' } = this.data;
    const own = takeRows(table, training);
    // A part may lack all classes but one, which does not matter here: only the whole says what is predicted.
    const isWhole = training.length === table.rows;
    const preprocessor = TablePreprocessor.fit(isWhole ? own : withRowNumbers(own), {
      ...(isWhole
        ? { target: targets, task: task.kind, ignore }
        : { target: rowNumber, task: 'regression', ignore: [...ignore, ...targets] }),
      categorical,
      scale: numbers,
      categories,
      missing: 'indicator',
      rareCategories: 'codes',
      unknownCategories: 'ignore',
      spellings,
    });
    const made = {
      preprocessor,
      codes: preprocessor.codes,
      x: toRows(preprocessor.transform(own)),
      held: held && toRows(preprocessor.transform(takeRows(table, held))),
    };
    known.set(key, made);
    return made;
  }
}

/** Name of a column that stands in for the target: it can be anything that varies. */
const rowNumber = '(row number)';

function withRowNumbers(table: Table): Table {
  const values = Float64Array.from({ length: table.rows }, (_, row) => row);
  return { ...table, columns: [...table.columns, { kind: 'numeric', name: rowNumber, values, missing: 0 }] };
}

/** A matrix of `@agop/data` as rows. */
export function toRows({ data, shape }: ReturnType<TablePreprocessor['transform']>): Rows {
  return { data, rows: shape[0], columns: shape[1] };
}

/** Some rows of a table, with all that belongs to them. */
export function takeData(data: TableData, rows: Int32Array): TableData {
  const { table, task, weights, groups, origin } = data;
  const own = weights && Float64Array.from(rows, (row) => weights[row] as number);
  const mean = own ? own.reduce((sum, weight) => sum + weight, 0) / own.length : 1;
  return {
    ...data,
    table: takeRows(table, rows),
    task:
      task.kind === 'classification'
        ? { ...task, actual: Int32Array.from(rows, (row) => task.actual[row] as number) }
        : {
            ...task,
            actual: Float64Array.from({ length: rows.length * task.outputs }, (_, at) => {
              const row = rows[Math.floor(at / task.outputs)] as number;
              return task.actual[row * task.outputs + (at % task.outputs)] as number;
            }),
          },
    weights: own?.map((weight) => weight / mean),
    groups: groups && Array.from(rows, (row) => groups[row] as string | number),
    origin: origin ? rows.map((row) => origin[row] as number) : rows,
  };
}
