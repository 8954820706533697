import { ValueError } from '@agop/core';
import type { Column, ColumnKind } from '../table/table.ts';
import { parseNumber } from './text.ts';

/** A numeric column whose text cells are at most this share of all looks like a mistake in the file. */
const suspiciousTextShare = 0.1;
/** … provided it has more different numbers than a column of codes would have. */
const fewNumbers = 20;

/**
 * Collects the cells of one column. The first cell that is not missing decides its kind, unless the kind was
 * given. A column that begins with numbers and then has text is `mixed`: the caller reads it again as text.
 */
export class ColumnBuilder {
  readonly name: string;
  readonly #forced: ColumnKind | undefined;
  readonly #decimal: '.' | ',';
  #kind: ColumnKind | undefined;
  #values = new Float64Array(256);
  #length = 0;
  #missing = 0;
  readonly #codeOf = new Map<string, number>();
  readonly #numbers = new Set<number>();
  #texts = 0;
  #firstText: { text: string; line: number } | undefined;

  constructor(name: string, kind: ColumnKind | undefined, decimal: '.' | ',') {
    this.name = name;
    this.#forced = kind;
    this.#kind = kind;
    this.#decimal = decimal;
  }

  /** True if the column began with numbers, has text too, and must be read again as text. */
  get mixed(): boolean {
    return this.#kind === 'numeric' && this.#texts > 0;
  }

  /**
   * Adds a cell.
   * @param text The trimmed cell; null if it is missing.
   * @throws {ValueError} if the column was declared numeric and the cell is not a number.
   */
  add(text: string | null, line: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = text === null ? this.#addMissing() : this.#encode(text, line);
    this.#length += 1;
  }

  #addMissing(): number {
    this.#missing += 1;
    return Number.NaN;
  }

  #encode(text: string, line: number): number {
    if (this.#kind !== 'categorical') {
      const value = parseNumber(text, this.#decimal);
      if (value !== undefined) {
        this.#kind = 'numeric';
        if (this.#numbers.size <= fewNumbers) this.#numbers.add(value);
        return value;
      }
      if (this.#kind === 'numeric') {
        if (this.#forced === 'numeric') throw this.#notANumber(text, line);
        this.#texts += 1;
        this.#firstText ??= { text, line };
        return Number.NaN;
      }
      this.#kind = 'categorical';
    }
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    this.#codeOf.set(text, this.#codeOf.size);
    return this.#codeOf.size - 1;
  }

  #notANumber(text: string, line: number): ValueError {
    return new ValueError(
      `Line ${line}, column '${this.name}': '${shorten(text)}' is not a number, but this column holds numbers. ` +
        'Correct the cell, leave it empty, or list its text among the missing values.',
      { row: this.#length },
    );
  }

  /** @throws {ValueError} if the column is mixed and looks like numbers with a few wrong cells. */
  assertNotSuspicious(): void {
    const filled = this.#length - this.#missing;
    const first = this.#firstText;
    if (first === undefined || this.#numbers.size <= fewNumbers) return;
    if (this.#texts > suspiciousTextShare * filled) return;
    throw new ValueError(
      `Line ${first.line}, column '${this.name}': '${shorten(first.text)}' is not a number, but ` +
        `${filled - this.#texts} of ${filled} cells of this column are. Correct the cell, list its text among ` +
        'the missing values, or declare the column categorical.',
    );
  }

  /** The finished column. A column without a single value counts as numeric. */
  build(): Column {
    const cells = this.#values.subarray(0, this.#length);
    const { name } = this;
    const missing = this.#missing;
    if (this.#kind !== 'categorical') return { kind: 'numeric', name, values: cells.slice(), missing };
    const codes = Int32Array.from(cells, (code) => (Number.isNaN(code) ? -1 : code));
    return { kind: 'categorical', name, categories: [...this.#codeOf.keys()], codes, missing };
  }
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
