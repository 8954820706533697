import { DTypeError, OptionError, ShapeError, ValueError } from '@agop/core';
import { checkChoice, checkMembers, checkObject, isListOf } from '@agop/core/options';
import { type Column, requireColumn, type Table, TablePreprocessor, takeRows } from '@agop/data';
import {
  hostLabels,
  type Label,
  LabelEncoder,
  type LabelInput,
  type MatrixInput,
  readWeights,
  toHostMatrix,
} from '@agop/estimators';
import type { TableData } from './table-problem.ts';

/** Rows with their features: a table of `@agop/data`, or a matrix [n, d], whose columns are x0, x1, …. */
export type TableInput = Table | MatrixInput;

/** What is known of the columns and rows of a table. */
export interface TableRoles {
  /** Columns that are no features. */
  readonly ignore?: readonly string[] | undefined;
  /** Columns of numbers that are codes and not amounts. */
  readonly categorical?: readonly string[] | undefined;
  /**
   * How much each row counts, from 0: numbers, or the name of a column of a table, which is then no feature.
   */
  readonly weights?: ArrayLike<number> | string | undefined;
  /**
   * Rows of one group are judged together, as further rows will be of other groups: a label for each row, or
   * the name of a column of a table, which is then no feature.
   */
  readonly groups?: ArrayLike<string | number> | string | undefined;
  /**
   * `merge`: categories and classes of a table that differ in capital letters or blanks alone are one, also
   * in further rows. Default `keep`.
   */
  readonly spellings?: 'keep' | 'merge' | undefined;
}

/** How much the rows of each class count together: all classes alike, or a factor for each label. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** Whether samples are a table of `@agop/data`. */
export function isTable(input: unknown): input is Table {
  return (
    typeof input === 'object' &&
    input !== null &&
    'columns' in input &&
    Array.isArray(input.columns) &&
    'rows' in input &&
    typeof input.rows === 'number'
  );
}

/**
 * The samples as a table. @throws {ValueError} for NaN or infinite values of a matrix, ragged or empty data
 */
export async function toTable(input: TableInput): Promise<Table> {
  if (isTable(input)) return input;
  const { data, rows, columns } = await toHostMatrix(input, 'X');
  return {
    rows,
    columns: Array.from({ length: columns }, (_, j): Column => {
      const values = Float64Array.from({ length: rows }, (__, row) => data[row * columns + j] as number);
      return { kind: 'numeric', name: `x${j}`, values, missing: 0 };
    }),
  };
}

/** Name of the column of targets that came beside the samples. */
const givenTarget = '(target)';

/** A table with class labels. */
export interface LabelledData<L extends Label> {
  readonly data: TableData;
  readonly classes: readonly L[];
}

/**
 * Reads a classification: rows with weight 0 are left out.
 *
 * @param y the name of a column of the table, or labels [n]
 * @throws {ValueError} for missing labels, one class only, columns that are not there
 * @throws {ShapeError} where x, y and weights do not go together
 */
export async function readClassification<L extends Label>(
  x: TableInput,
  y: string | LabelInput<L>,
  roles: TableRoles,
  classWeights?: ClassWeights,
): Promise<LabelledData<L>> {
  const table = await toTable(x);
  const labels =
    typeof y === 'string'
      ? (TablePreprocessor.fit(table, {
          target: y,
          task: 'classification',
          ...spellingsOf(roles),
        }).labels(table) as L[])
      : await hostLabels(y, 'y');
  checkLength(labels.length, table.rows, 'labels');
  const encoder = LabelEncoder.of(labels, 'y');
  const actual = encoder.encode(labels, 'y');
  const whole = typeof y === 'string' ? table : withTarget(table, Float64Array.from(actual));
  const names = typeof y === 'string' ? [y] : [givenTarget];
  const weighted = classWeights && withClassWeights(whole, roles, actual, encoder.classes, classWeights);
  const { kept, ...rest } = readRoles(whole, weighted ?? roles, names);
  const own = kept ? Int32Array.from(kept, (row) => actual[row] as number) : actual;
  if (kept && new Set(own).size < encoder.classes.length) {
    throw new ValueError('A class has only rows of weight 0. Give it a weight, or leave its rows out.');
  }
  const task = { kind: 'classification', classes: encoder.classes.length, actual: own } as const;
  return { classes: encoder.classes, data: { ...rest, task } };
}

/**
 * Reads a regression: rows with weight 0 are left out.
 *
 * @param y the name of a column of the table, or of several; or values [n] or [n, outputs]
 * @throws {ValueError} for missing or infinite values, targets that do not vary, columns that are not there
 * @throws {ShapeError} where x, y and weights do not go together
 */
export async function readRegression(
  x: TableInput,
  y: string | readonly string[] | MatrixInput,
  roles: TableRoles,
): Promise<TableData> {
  const table = await toTable(x);
  const names = columnNames(y);
  if (names) {
    const { data, shape } = TablePreprocessor.fit(table, { target: names, task: 'regression' }).targets(
      table,
    );
    return regressionOf(table, names, data, shape[1], roles);
  }
  const values = await toHostMatrix(y as MatrixInput, 'y');
  checkLength(values.rows, table.rows, 'rows');
  const actual = Float64Array.from(values.data);
  const targets = Array.from({ length: values.columns }, (_, k) =>
    values.columns === 1 ? givenTarget : `${givenTarget} ${k}`,
  );
  const whole = targets.reduce((sum, name, k) => {
    const column = actual.filter((__, at) => at % values.columns === k);
    if (column.every((value) => value === column[0])) {
      throw new ValueError('y is constant: there is nothing to learn. Check the targets.');
    }
    return withTarget(sum, column, name);
  }, table);
  return regressionOf(whole, targets, actual, values.columns, roles);
}

function regressionOf(
  table: Table,
  targets: readonly string[],
  actual: Float64Array,
  outputs: number,
  roles: TableRoles,
): TableData {
  const { kept, ...rest } = readRoles(table, roles, targets);
  const own = kept
    ? Float64Array.from({ length: kept.length * outputs }, (_, at) => {
        const row = kept[Math.floor(at / outputs)] as number;
        return actual[row * outputs + (at % outputs)] as number;
      })
    : actual;
  return { ...rest, task: { kind: 'regression', outputs, actual: own } };
}

/** The names of columns, if that is what the targets are. */
export function columnNames(y: unknown): readonly string[] | undefined {
  if (typeof y === 'string') return [y];
  const isNames = Array.isArray(y) && y.length > 0 && isListOf(y, (name) => typeof name === 'string');
  return isNames ? y : undefined;
}

function withTarget(table: Table, values: Float64Array, name = givenTarget): Table {
  return { ...table, columns: [...table.columns, { kind: 'numeric', name, values, missing: 0 }] };
}

/** Weights, groups and features; `kept`: rows whose weight is not 0, where there are others. */
function readRoles(
  table: Table,
  roles: TableRoles,
  targets: readonly string[],
): Omit<TableData, 'task'> & { readonly kept: Int32Array | undefined } {
  const { weights, groups, ignore = [], categorical = [] } = checkObject('fit()', roles);
  checkMembers('fit()', { ignore, categorical }, { ignore: 'texts', categorical: 'texts' });
  const ofColumn = (name: string): Column => {
    const column = table.columns.find((one) => one.name === name);
    if (column) return column;
    throw new ValueError(
      `There is no column '${name}'. The columns are ${table.columns.map((c) => c.name).join(', ')}.`,
    );
  };
  const given = typeof weights === 'string' ? numbersOf(ofColumn(weights)) : weights;
  const read = given === undefined ? undefined : readWeights(given, table.rows, 'rows');
  const labels = typeof groups === 'string' ? cellsOf(ofColumn(groups)) : groups;
  if (labels !== undefined) checkLength(Object(labels).length, table.rows, 'groups');
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  const kept = read?.some((weight) => weight === 0) ? all.filter((row) => read[row] !== 0) : undefined;
  const own = kept ? takeRows(table, kept) : table;
  const reserved = [weights, groups].filter((name) => typeof name === 'string');
  const asked = [...ignore, ...reserved];
  for (const name of asked) ofColumn(name);
  const identifiers = TablePreprocessor.fit(own, {
    target: targets,
    task: 'auto',
    ignore: asked,
    identifiers: 'leave out',
    rareCategories: 'codes',
  }).leftOut.flatMap(({ column, reason }) => (reason === 'identifier' ? [column] : []));
  return {
    table: own,
    ...spellingsOf(roles),
    targets,
    ignore: [...asked, ...identifiers],
    categorical,
    weights: kept && read ? withMeanOne(kept, read) : read,
    groups: labels && (kept ? Array.from(kept, (row) => labels[row] as string | number) : labels),
    origin: kept,
    kept,
  };
}

function spellingsOf({ spellings }: TableRoles): Pick<TableData, 'spellings'> {
  return spellings === undefined ? {} : { spellings: checkChoice('spellings', spellings, ['keep', 'merge']) };
}

/** The weights of the rows, given or 1, times those of their classes. */
function withClassWeights(
  table: Table,
  roles: TableRoles,
  actual: Int32Array,
  classes: readonly Label[],
  classWeights: ClassWeights,
): TableRoles {
  const { weights, ignore } = roles;
  const column = typeof weights === 'string' ? requireColumn(table, weights, 'column of weights') : undefined;
  const given = column ? numbersOf(column) : (weights as ArrayLike<number> | undefined);
  const own = Float64Array.from(actual, (_, row) => given?.[row] ?? 1);
  const totals = new Float64Array(classes.length);
  for (const [row, index] of actual.entries())
    totals[index] = (totals[index] as number) + (own[row] as number);
  const factors = classes.map((label, index) => {
    if (classWeights === 'balanced') return totals[index] ? 1 / (totals[index] as number) : 0;
    const factor = classWeights[String(label)] ?? 1;
    if (factor >= 0 && Number.isFinite(factor)) return factor;
    throw new OptionError(`classWeights.${label}`, { requirement: 'be a number from 0', received: factor });
  });
  if (classWeights !== 'balanced') {
    const labels = classes.map(String);
    const unknown = Object.keys(classWeights).find((label) => !labels.includes(label));
    if (unknown !== undefined) {
      throw new OptionError(
        'classWeights',
        `There is no class '${unknown}'. The classes are ${labels.join(', ')}.`,
      );
    }
  }
  return {
    ...roles,
    ignore: [...(ignore ?? []), ...(typeof weights === 'string' ? [weights] : [])],
    weights: own.map((weight, row) => weight * (factors[actual[row] as number] as number)),
  };
}

function withMeanOne(rows: Int32Array, weights: Float64Array): Float64Array {
  const own = Float64Array.from(rows, (row) => weights[row] as number);
  const mean = own.reduce((sum, weight) => sum + weight, 0) / own.length;
  return own.map((weight) => weight / mean);
}

function numbersOf(column: Column): Float64Array {
  if (column.kind === 'numeric') return column.values;
  throw new DTypeError(`The column of weights '${column.name}' holds text, not numbers.`);
}

function cellsOf(column: Column): (string | number)[] {
  return Array.from(column.kind === 'numeric' ? column.values : column.codes);
}

function checkLength(given: number, rows: number, what: string): void {
  if (given !== rows) throw new ShapeError(`X has ${rows} rows, but there are ${given} ${what}.`);
}
