import { ShapeError, ValueError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import { defaultMissing } from '../cells/missing.ts';
import {
  type ColumnKind,
  type ColumnType,
  type DenseMatrix,
  requireColumn,
  type Table,
} from '../table/table.ts';
import { encodeColumn, encodedNames, encodedWidth, fitColumn } from './encoder.ts';
import { checkPreprocessOptions, type PreprocessOptions, type Task } from './options.ts';
import { findOutside, findUnknown, type OutsideCells, type UnknownCategory } from './outside.ts';
import { type LeftOutColumn, type PreprocessorState, parseState } from './state.ts';
import { fitTarget, type Label, readLabels, readTargets, targetCells } from './target.ts';

/** The columns of the feature matrix that come from one column of the table. */
export interface FeatureBlock {
  readonly column: string;
  readonly kind: ColumnKind;
  /** First column of the block in the matrix. */
  readonly start: number;
  /** Number of columns of the block. */
  readonly length: number;
}

/** The importance of one column of the table. */
export interface ColumnImportance {
  readonly column: string;
  readonly importance: number;
}

/**
 * Turns tables into the dense matrices that estimators take, always in the way learned from the training
 * rows. Immutable; everything it knows is plain JSON (`toJSON`), so that it can be saved inside a model file.
 *
 * - Numbers are standardised with the mean and standard deviation (divided by n) of the training rows, or
 *   scaled in another way; a missing one becomes their mean. A constant column is left out.
 * - A date becomes numbers: days since 1970-01-01, its month, weekday and hour, as far as they differ.
 * - A categorical column becomes one column per category (one-hot), side by side. If training rows lacked a
 *   value, "missing" is a further category; if not, a missing value becomes the categories' frequencies,
 *   their mean.
 * - The target is left as it is: numbers in their units, classes as the table spells them.
 */
export class TablePreprocessor {
  readonly #state: PreprocessorState;

  private constructor(state: PreprocessorState) {
    this.#state = state;
  }

  /**
   * Learns the preprocessing from training rows.
   *
   * @throws {ValueError} if a named column is not there, no usable feature column is left, a cell is
   *   infinite, or the target is not usable: missing cells, text for regression, constant, or one class only
   * @throws {OptionError} for unknown options, and values of another kind or out of range
   */
  static fit(table: Table, options: PreprocessOptions): TablePreprocessor {
    checkPreprocessOptions(options);
    const target = fitTarget(table, options);
    const targets = new Set(target.task === 'regression' ? target.columns : [target.column]);
    for (const name of [...(options.ignore ?? []), ...(options.categorical ?? [])])
      requireColumn(table, name);
    const encoders: PreprocessorState['encoders'] = [];
    const leftOut: LeftOutColumn[] = [];
    const columns: string[] = [];
    for (const column of table.columns) {
      if (targets.has(column.name)) continue;
      if (options.ignore?.includes(column.name)) {
        leftOut.push({ column: column.name, reason: 'ignored', detail: 'as asked' });
        continue;
      }
      columns.push(column.name);
      const fitted = fitColumn(table, column, options);
      if (fitted.encoder === undefined) leftOut.push(fitted.leftOut);
      else encoders.push(fitted.encoder);
    }
    if (encoders.length === 0) {
      const reasons = leftOut.map(({ column, detail }) => `'${column}': ${detail}`).join('; ');
      throw new ValueError(`No feature column is left${reasons === '' ? '.' : ` (${reasons}).`}`);
    }
    const unknownCategories = options.unknownCategories ?? 'error';
    return new TablePreprocessor({
      format: 'agop-preprocessor',
      version: 1,
      columns,
      encoders,
      leftOut,
      unknownCategories,
      target,
    });
  }

  /**
   * Rebuilds a preprocessor from what `toJSON` gave.
   *
   * @throws {FormatError} if it is something else
   */
  static fromJSON(json: unknown): TablePreprocessor {
    return new TablePreprocessor(parseState(json));
  }

  toJSON(): PreprocessorState {
    return structuredClone(this.#state);
  }

  get task(): Task {
    return this.#state.target.task;
  }

  /** Names of the columns to predict. */
  get targetNames(): readonly string[] {
    const { target } = this.#state;
    return target.task === 'regression' ? target.columns : [target.column];
  }

  /** Columns of the table that give no features, each with the reason. */
  get leftOut(): readonly LeftOutColumn[] {
    return this.#state.leftOut;
  }

  /** Which columns of the matrix belong to which column of the table, in order. */
  get blocks(): readonly FeatureBlock[] {
    let start = 0;
    return this.#state.encoders.map((encoder) => {
      const kind: ColumnKind = encoder.kind === 'categorical' ? 'categorical' : 'numeric';
      const block = { column: encoder.column, kind, start, length: encodedWidth(encoder) };
      start += block.length;
      return block;
    });
  }

  /** Columns of the matrix that hold codes of categories, which are no amounts: see `rareCategories`. */
  get codes(): readonly number[] {
    const { encoders } = this.#state;
    return this.blocks.flatMap(({ start }, at) => {
      const encoder = encoders[at];
      return encoder?.kind === 'ordinal' && encoder.asCodes ? [start] : [];
    });
  }

  /** Names of the columns of the matrix, e.g. `age`, `colour=red`. */
  get featureNames(): readonly string[] {
    return this.#state.encoders.flatMap(encodedNames);
  }

  /**
   * What the columns were, the target too: pass them as `types` when further rows are read from a file, so
   * that they are read as these were. A target of numbers is left to be recognized, since it may not be
   * known.
   */
  get columnTypes(): Readonly<Record<string, ColumnType>> {
    const { encoders, target } = this.#state;
    const types: [string, ColumnType][] = encoders.map((encoder) => [
      encoder.column,
      'categories' in encoder ? 'categorical' : (encoder.notation ?? 'numeric'),
    ]);
    if (target.task === 'classification' && target.labels === 'categorical')
      types.push([target.column, 'categorical']);
    if (target.task === 'regression') {
      for (const [i, notation] of (target.notations ?? []).entries()) {
        if (notation !== null) types.push([target.columns[i] as string, notation]);
      }
    }
    return Object.fromEntries(types);
  }

  /** Categories and classes that are texts which mean "missing" elsewhere: pass them as `kept`. */
  get keptTexts(): Readonly<Record<string, readonly string[]>> {
    const { encoders, target } = this.#state;
    const kept: [string, readonly string[]][] = encoders.flatMap((encoder) => {
      if (!('categories' in encoder)) return [];
      const texts = encoder.categories.filter((category) => defaultMissing.includes(category));
      return texts.length === 0 ? [] : [[encoder.column, texts] as [string, readonly string[]]];
    });
    if (target.task === 'classification' && target.kept !== undefined)
      kept.push([target.column, target.kept]);
    return Object.fromEntries(kept);
  }

  /** Rows with a category that the training rows did not have, and one of these. */
  unknownCategories(table: Table): { readonly rows: number; readonly example: UnknownCategory | undefined } {
    return findUnknown(table, this.#state.encoders);
  }

  /**
   * Cells that lie outside of what the training rows had, column by column: numbers and dates beyond their
   * range by more than a tenth of it (and more for few rows), categories that they did not have, and no value
   * where all had one. Preprocessing of earlier versions did not keep ranges: there numbers are not told.
   * Columns that are not there are not looked at.
   *
   * @throws {ValueError} for text where numbers are needed
   */
  outside(table: Table): OutsideCells[] {
    return findOutside(table, this.#state.encoders);
  }

  /** Feature columns that had missing cells among the training rows, and how many. */
  get imputed(): readonly { readonly column: string; readonly missing: number }[] {
    return this.#state.encoders
      .filter(({ missing }) => missing > 0)
      .map(({ column, missing }) => ({ column, missing }));
  }

  /**
   * The feature matrix of a table: rows x features, float64. The order of the table's columns does not
   * matter, and columns that were not there in training are not looked at.
   *
   * @param options `unknownCategories` replaces what was chosen for the fit
   * @throws {ValueError} if a feature column is not there, or holds text or infinities where numbers are
   *   needed
   * @throws {UnknownLabelError} for an unknown category, unless these are to be ignored
   */
  transform(table: Table, options: Pick<PreprocessOptions, 'unknownCategories'> = {}): DenseMatrix {
    checkObject('transform()', options);
    const { encoders } = this.#state;
    const unknownCategories = options.unknownCategories ?? this.#state.unknownCategories;
    const blocks = this.blocks;
    const width = blocks.reduce((sum, block) => sum + block.length, 0);
    const data = new Float64Array(table.rows * width);
    for (const [i, encoder] of encoders.entries()) {
      const column = requireColumn(table, encoder.column, 'feature column');
      encodeColumn(encoder, table, column, unknownCategories, data, blocks[i]?.start ?? 0, width);
    }
    return { data, shape: [table.rows, width] };
  }

  /**
   * The class of every row of a table.
   *
   * @throws {ValueError} if the target is numeric, its column is not there, or a cell is missing
   */
  labels(table: Table): Label[] {
    const { target } = this.#state;
    if (target.task === 'classification') return readLabels(table, target);
    throw new ValueError(`The target '${target.columns.join(', ')}' is a number and has no classes.`);
  }

  /**
   * The numbers to predict: rows x target columns, float64.
   *
   * @throws {ValueError} if the target is a class, its column is not there, or a cell is missing, infinite or
   *   text
   */
  targets(table: Table): DenseMatrix {
    const { target } = this.#state;
    if (target.task === 'regression') return readTargets(table, target);
    throw new ValueError(`The target '${target.column}' is a class, not a number.`);
  }

  /**
   * Predicted numbers as cells of a table, one row for each, as the target was written: dates as 2024-01-31,
   * with a time (UTC) where the targets of the fit had one, times of day as 13:45, other numbers as they are.
   *
   * @param values rows x target columns, row-major, in the units of `targets`
   * @throws {ValueError} if the target is a class
   */
  targetCells(values: ArrayLike<number>): (number | string)[][] {
    const { target } = this.#state;
    if (target.task === 'regression') return targetCells(values, target);
    throw new ValueError(`The target '${target.column}' is a class, not a number.`);
  }

  /**
   * Importances of the table's columns from importances of the matrix's columns: the sum over each block. In
   * the order of the table. Columns that were left out have importance 0; those that were to be ignored are
   * not listed.
   *
   * @param importances one number per matrix column
   * @throws {ShapeError} if there are more or fewer numbers
   */
  columnImportances(importances: ArrayLike<number>): ColumnImportance[] {
    const width = this.featureNames.length;
    if (importances.length !== width) {
      throw new ShapeError(`${importances.length} importances were given for ${width} features.`);
    }
    const sums = new Map<string, number>();
    for (const { column, start, length } of this.blocks) {
      let sum = 0;
      for (let i = start; i < start + length; i++) sum += importances[i] as number;
      sums.set(column, sum);
    }
    return this.#state.columns.map((column) => ({ column, importance: sums.get(column) ?? 0 }));
  }
}
