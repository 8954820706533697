import { ValueError, wording } from '@agop/core';
import type { TableNote } from '../table/note.ts';
import type { CategoricalColumn, Column, ColumnType, Notation, NumericColumn } from '../table/table.ts';
import { isCompactDate, readDate } from './dates.ts';
import { isMissingAmongNumbers } from './missing.ts';
import { losesSpelling, parseNumber } from './numbers.ts';
import { type DecimalChoice, recognize } from './recognize.ts';

/** A numeric column whose text cells are at most this share of all looks like a mistake in the file. */
const suspiciousShare = 0.1;
/** … provided it has more different numbers than a column of codes would have. */
const fewNumbers = 20;
/** Texts with digits from which on a person should know that they are categories. */
const manyTexts = 12;

/** Most different texts that may be labels, whose spelling is kept beside the numbers that they are. */
const mostLabels = 128;
const orders = ['YMD', 'DMY', 'MDY'] as const;
/** How a column of dates writes them, by the end of its type. */
const examples: Readonly<Record<string, string>> = {
  YMD: 'the year first, as 2024-01-31',
  DMY: 'the day first, as 31.01.2024',
  MDY: 'the month first, as 01/31/2024',
};
/** Most texts that meant "missing" that a column remembers. */
const mostAbsent = 3;

/** A text that is not a plain number. */
interface Text {
  readonly line: number;
  readonly row: number;
  count: number;
}

/** What a column turned out to be. */
export interface Finished {
  readonly column: Column;
  readonly notes: readonly TableNote[];
  /** It must be read again as this, because the spelling of some cells was not kept. */
  readonly again?: ColumnType;
}

const groups = /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$/;

/**
 * Collects the cells of one column, and decides what it is when all have been seen: which cell is unusual,
 * and where it stands, does not matter.
 */
export class ColumnBuilder {
  readonly name: string;
  readonly #type: ColumnType | undefined;
  #values = new Float64Array(8);
  #codes: Int32Array | undefined;
  #length = 0;
  readonly #texts = new Map<string, number>();
  readonly #facts: Text[] = [];
  /** Plain numbers: how many, a few different ones, and what their spelling tells. */
  #plain = 0;
  readonly #numbers = new Set<number>();
  #losesSpelling = false;
  #pointIsDecimal = false;
  #pointMayGroup = false;
  #compactDates = true;
  /** Texts that meant "missing", a few different ones. */
  readonly #absent = new Set<string>();

  constructor(name: string, type: ColumnType | undefined) {
    this.name = name;
    this.#type = type;
  }

  /** Adds a missing cell, trimmed: empty, or a text that means so. */
  addMissing(cell: string): void {
    this.#nextRow();
    if (cell !== '' && this.#absent.size < mostAbsent) this.#absent.add(cell);
  }

  /** Adds a cell that is not missing, trimmed. */
  add(cell: string, line: number): void {
    const row = this.#nextRow();
    const value = this.#type === undefined || this.#type === 'numeric' ? parseNumber(cell) : undefined;
    if (value === undefined) this.#addText(cell, row, line);
    else this.#addNumber(cell, value, row);
  }

  #nextRow(): number {
    if (this.#length === this.#values.length) this.#grow();
    const row = this.#length;
    this.#length += 1;
    this.#values[row] = Number.NaN;
    return row;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#length);
    larger.set(this.#values);
    this.#values = larger;
    if (this.#codes === undefined) return;
    const codes = new Int32Array(larger.length).fill(-1);
    codes.set(this.#codes);
    this.#codes = codes;
  }

  #addNumber(cell: string, value: number, row: number): void {
    this.#values[row] = value;
    this.#plain += 1;
    if (this.#numbers.size <= fewNumbers) this.#numbers.add(value);
    if (!this.#losesSpelling) this.#losesSpelling = losesSpelling(cell);
    if (this.#compactDates) this.#compactDates = cell.length === 8 && isCompactDate(value);
    if (this.#pointIsDecimal || !cell.includes('.')) return;
    if (groups.test(cell)) this.#pointMayGroup = true;
    else this.#pointIsDecimal = true;
  }

  #addText(cell: string, row: number, line: number): void {
    this.#codes ??= new Int32Array(this.#values.length).fill(-1);
    let code = this.#texts.get(cell);
    if (code === undefined) {
      code = this.#texts.size;
      this.#texts.set(cell, code);
      this.#facts.push({ line, row, count: 0 });
    }
    (this.#facts[code] as Text).count += 1;
    this.#codes[row] = code;
  }

  /** What the cells tell of the decimal separator of the file. */
  decimalEvidence(): '.' | ',' | undefined {
    if (this.#type === 'categorical') return undefined;
    if (this.#pointIsDecimal) return '.';
    const found = recognize(this.#usable(), { prefer: '.', sure: false });
    return found?.misses.length === 0 ? found.evidence : undefined;
  }

  #usable(): string[] {
    return [...this.#texts.keys()].filter((text) => !isMissingAmongNumbers(text));
  }

  /**
   * Decides what the column is.
   *
   * @throws {ValueError} if it was declared to be numbers and a cell is none, or a few cells of a column of
   *   numbers or dates are none
   */
  finish(decimal: DecimalChoice): Finished {
    const { name } = this;
    if (this.#type === 'categorical') return { column: this.#asTexts(), notes: [] };
    if (this.#texts.size === 0) return this.#finishNumbers(decimal);
    const usable = this.#usable();
    if (usable.length === 0 && (this.#plain > 0 || this.#type !== undefined)) {
      return { column: this.#asNumbers(() => Number.NaN), notes: this.#missingNote() };
    }
    const pointHere = this.#pointIsDecimal && !(decimal.sure && decimal.prefer === ',');
    const found = recognize(usable, pointHere ? { prefer: '.', sure: true } : decimal, {
      plain: this.#plain,
      type: this.#type,
    });
    const misses = found?.misses ?? usable;
    const [miss] = misses;
    if (miss === undefined && found !== undefined) {
      if (found.notation === 'decimal comma' && this.#pointMayGroup) {
        return { column: this.#asTexts(), notes: found.notes(name), again: 'decimal comma' };
      }
      const column = this.#asNumbers((text) => found.read(text) ?? Number.NaN, found.notation);
      const notes = [...(this.#type === undefined ? found.notes(name) : []), ...this.#missingNote()];
      if (this.#type !== undefined || this.#texts.size > mostLabels) return { column, notes };
      // If these are classes, people want them back as they wrote them.
      return this.#plain > 0
        ? { column, notes, again: 'categorical' }
        : { column: { ...column, spelled: this.#asTexts() }, notes };
    }
    this.#assertNoMistake(misses, usable.length - misses.length);
    const notes = this.#type === undefined ? [...this.#textNotes(usable), ...this.#absentNote()] : [];
    return { column: this.#asTexts(), notes, ...(this.#plain > 0 && { again: 'categorical' as const }) };
  }

  #finishNumbers({ prefer, sure }: DecimalChoice): Finished {
    const { name } = this;
    if (this.#type === undefined && this.#compactDates && this.#numbers.size > 1) {
      const days = this.#asNumbers(() => Number.NaN, 'date YMD');
      return {
        column: { ...days, values: days.values.map((value) => readDate(String(value), 'YMD') ?? Number.NaN) },
        notes: [
          {
            code: 'date',
            column: name,
            message: wording`column '${name}' is read as dates such as 20240131; ${{ option: 'categorical', value: name }} takes its cells as texts.`,
            option: 'categorical',
          },
        ],
      };
    }
    const column = this.#asNumbers(() => Number.NaN);
    if (prefer === ',' && sure && this.#pointMayGroup && !this.#pointIsDecimal && this.#type === undefined) {
      return {
        column,
        notes: [
          {
            code: 'thousands',
            column: name,
            message: wording`points divide thousands in column '${name}', as other columns have decimal commas: ${{ option: 'decimal', value: '.' }} reads them as decimals.`,
            option: 'decimal',
          },
        ],
        again: 'decimal comma',
      };
    }
    const isSpelled = this.#losesSpelling && this.#type === undefined;
    if (!isSpelled) return { column, notes: [] };
    return {
      column,
      notes: [
        {
          code: 'leading-zeros',
          column: name,
          message: wording`column '${name}' has leading zeros or more digits than a number keeps, but is read as numbers: ${{ option: 'categorical', value: name }} takes its cells as codes.`,
          option: 'categorical',
        },
      ],
      again: 'categorical',
    };
  }

  #asNumbers(read: (text: string) => number, notation?: Notation): NumericColumn {
    const values = this.#values.slice(0, this.#length);
    const codes = this.#codes;
    if (codes !== undefined) {
      const table = Float64Array.from(this.#texts.keys(), read);
      for (let row = 0; row < values.length; row++) {
        const code = codes[row] as number;
        if (code >= 0) values[row] = table[code] as number;
      }
    }
    let missing = 0;
    for (const value of values) if (Number.isNaN(value)) missing += 1;
    return {
      ...{ kind: 'numeric', name: this.name, values, missing },
      ...(notation !== undefined && { notation }),
      ...this.#absentTexts(),
    };
  }

  #asTexts(): CategoricalColumn {
    const codes = (this.#codes ?? new Int32Array(this.#length).fill(-1)).slice(0, this.#length);
    let missing = 0;
    for (const code of codes) if (code < 0) missing += 1;
    const categories = [...this.#texts.keys()];
    return { kind: 'categorical', name: this.name, categories, codes, missing, ...this.#absentTexts() };
  }

  #absentTexts(): Pick<Column, 'absent'> {
    return this.#absent.size > 0 ? { absent: [...this.#absent] } : {};
  }

  #assertNoMistake(misses: readonly string[], goodTexts: number): void {
    const facts = misses.map((text) => ({
      text,
      fact: this.#facts[this.#texts.get(text) as number] as Text,
    }));
    const first = facts.toSorted((a, b) => a.fact.row - b.fact.row)[0];
    if (first === undefined) return;
    const { text, fact } = first;
    const [one, several] = this.#type?.startsWith('date') ? ['a date', 'dates'] : ['a number', 'numbers'];
    const where = `Line ${fact.line}, column '${this.name}': '${shorten(text)}' is not ${one}`;
    if (this.#type !== undefined) {
      const isOther = several === 'dates' && orders.some((order) => readDate(text, order) !== undefined);
      if (isOther) {
        throw new ValueError(
          `${where} as this column has them, but one in another order: it has ${examples[this.#type.slice(-3)]}. Write it so.`,
          { row: fact.row },
        );
      }
      throw new ValueError(
        wording`${where}, but this column holds ${several}. Correct the cell, leave it empty, or say that it means "no value": ${{ option: 'missing', value: text }}.`,
        { row: fact.row },
      );
    }
    const bad = facts.reduce((sum, one) => sum + one.fact.count, 0);
    const filled = this.#facts.reduce((sum, { count }) => sum + count, this.#plain);
    if (this.#numbers.size + goodTexts <= fewNumbers || bad > suspiciousShare * filled) return;
    throw new ValueError(
      wording`${where}, but ${filled - bad} of ${filled} cells of this column are numbers or dates. Correct the cell, say that it means "no value" (${{ option: 'missing', value: text }}), or that the column holds texts (${{ option: 'categorical', value: this.name }}).`,
      { row: fact.row },
    );
  }

  #missingNote(): TableNote[] {
    const { name } = this;
    const marks = [...this.#texts.keys()].filter(isMissingAmongNumbers);
    if (marks.length === 0 || this.#type !== undefined) return [];
    return [
      {
        code: 'missing-text',
        column: name,
        message: wording`${quoted(marks.slice(0, mostAbsent))} among the numbers of column '${name}' is read as a missing value; ${{ option: 'categorical', value: name }} takes its cells as texts.`,
        option: 'categorical',
      },
    ];
  }

  /** A remark where a word that may be a category, such as NA, was read as a missing value among texts. */
  #absentNote(): TableNote[] {
    const words = [...this.#absent].filter((text) => /^\p{L}+$/u.test(text));
    if (words.length === 0) return [];
    return [
      {
        code: 'missing-word',
        column: this.name,
        message: wording`${quoted(words)} among the texts of column '${this.name}' is read as a missing value: ${{ option: 'kept' }} keeps it as a text.`,
        option: 'kept',
      },
    ];
  }

  /** A remark where texts that hold digits become one category each. */
  #textNotes(usable: readonly string[]): TableNote[] {
    const { name } = this;
    const withDigits = usable.filter((text) => text.length <= 40 && /^[^\p{L}]*\d/u.test(text));
    const different = withDigits.length + this.#numbers.size;
    if (different <= manyTexts || withDigits.length < usable.length / 2) return [];
    const example = withDigits[0] ?? '';
    return [
      {
        code: 'texts-with-digits',
        column: name,
        message: wording`the cells of column '${name}', such as '${shorten(example)}', are not understood as numbers or dates: each different one is a category. Write them as numbers, or leave the column out with ${{ option: 'ignore', value: name }}.`,
        option: 'ignore',
      },
    ];
  }
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
