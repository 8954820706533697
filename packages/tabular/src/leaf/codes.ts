import { FormatError } from '@agop/core';
import type { HostTensor, Rows } from '@agop/estimators';
import type { FeatureRange } from '@agop/rfm';

/**
 * A column of codes and its levels among the rows of a leaf, ascending. For the leaf it is a block of one-hot
 * columns, one for each level; codes that the leaf has not seen are zeros there.
 */
export interface CodeLevels {
  readonly column: number;
  readonly levels: Int32Array;
}

/**
 * The columns of a leaf: those that are no codes, in their order, and then a block for each column of codes.
 */
export class LeafColumns {
  readonly codes: readonly CodeLevels[];
  /** Columns that are no codes. */
  readonly amounts: Int32Array;
  readonly #features: number;

  /** @param features number of columns of X */
  constructor(features: number, codes: readonly CodeLevels[]) {
    const isCode = new Set(codes.map(({ column }) => column));
    this.codes = codes;
    this.#features = features;
    this.amounts = Int32Array.from({ length: features }, (_, k) => k).filter((k) => !isCode.has(k));
  }

  /** The columns of some rows, with the levels that occur there. */
  static of({ data, rows, columns }: Rows, codes: readonly number[]): LeafColumns {
    const levels = codes.map((column): CodeLevels => {
      const found = new Set<number>();
      for (let row = 0; row < rows; row++) {
        const code = data[row * columns + column] as number;
        if (isLevel(code)) found.add(code);
      }
      // A column without any code still has its block.
      return { column, levels: found.size === 0 ? Int32Array.of(0) : Int32Array.from(found).sort() };
    });
    return new LeafColumns(columns, levels);
  }

  /** The columns of a saved leaf. @throws {FormatError} where it lacks levels */
  static restore(
    features: number,
    codes: readonly number[],
    tensors: Readonly<Record<string, HostTensor>>,
  ): LeafColumns {
    const levels = codes.map((column): CodeLevels => {
      const tensor = tensors[nameOf(column)];
      const isAscending = tensor?.data.every(
        (level, i, all) => level >= 0 && (i === 0 || level > (all[i - 1] as number)),
      );
      if (
        tensor?.dtype !== 'int32' ||
        tensor.shape.length !== 1 ||
        tensor.data.length === 0 ||
        !isAscending
      ) {
        throw new FormatError(`The saved model is damaged: a leaf lacks the levels of column ${column}.`);
      }
      return { column, levels: Int32Array.from(tensor.data) };
    });
    return new LeafColumns(features, levels);
  }

  /** Number of columns of the leaf. */
  get width(): number {
    return this.codes.reduce((sum, { levels }) => sum + levels.length, this.amounts.length);
  }

  /** The blocks of codes among the columns of the leaf, and given blocks of columns that are no codes. */
  blocks(given: readonly FeatureRange[]): FeatureRange[] {
    const place = new Map(Array.from(this.amounts, (column, at) => [column, at]));
    const own = given.map(({ start, length }) => ({ start: place.get(start) ?? start, length }));
    let start = this.amounts.length;
    for (const { levels } of this.codes) {
      own.push({ start, length: levels.length });
      start += levels.length;
    }
    return own;
  }

  /** Rows as the leaf sees them. */
  expand(rows: Rows): Rows {
    if (this.codes.length === 0) return rows;
    const { width } = this;
    const data = new Float64Array(rows.rows * width);
    const indices = this.codes.map(({ levels }) => new Map(Array.from(levels, (level, at) => [level, at])));
    for (let row = 0; row < rows.rows; row++) {
      const [from, to] = [row * rows.columns, row * width];
      for (const [at, column] of this.amounts.entries()) data[to + at] = rows.data[from + column] as number;
      let start = to + this.amounts.length;
      for (const [which, { column, levels }] of this.codes.entries()) {
        const at = indices[which]?.get(rows.data[from + column] as number);
        if (at !== undefined) data[start + at] = 1;
        start += levels.length;
      }
    }
    return { data, rows: rows.rows, columns: width };
  }

  /** Weights of the leaf's columns by columns of X: those of a block together. */
  collapse(weights: ArrayLike<number>): Float64Array {
    const whole = new Float64Array(this.#features);
    for (const [at, column] of this.amounts.entries()) whole[column] = weights[at] as number;
    let start = this.amounts.length;
    for (const { column, levels } of this.codes) {
      for (let at = 0; at < levels.length; at++) {
        whole[column] = (whole[column] as number) + (weights[start + at] as number);
      }
      start += levels.length;
    }
    return whole;
  }

  /** Gradients by the leaf's columns as gradients by those of X: 0 for codes, between which nothing lies. */
  slopes(gradients: ArrayLike<number>): ArrayLike<number> {
    if (this.codes.length === 0) return gradients;
    const { width } = this;
    const count = gradients.length / width;
    const slopes = new Float64Array(count * this.#features);
    for (let row = 0; row < count; row++) {
      for (const [at, column] of this.amounts.entries()) {
        slopes[row * this.#features + column] = gradients[row * width + at] as number;
      }
    }
    return slopes;
  }

  /** What a file holds of the levels. */
  tensors(): Record<string, HostTensor> {
    return Object.fromEntries(
      this.codes.map(({ column, levels }) => [
        nameOf(column),
        { dtype: 'int32' as const, shape: [levels.length], data: levels },
      ]),
    );
  }
}

function nameOf(column: number): string {
  return `levels.${column}`;
}

/** A whole number from 0; anything else is no level. */
function isLevel(code: number): boolean {
  return Number.isInteger(code) && code >= 0 && code < 2 ** 31;
}
