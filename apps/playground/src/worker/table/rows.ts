import type { Column, ColumnKind, Notation, Table } from '@agop/data';

/** A cell of a row that is asked about: a number, the name of a category, or nothing. */
export type WhatIfCell = number | string | null;

/** A column that a model needs, with what a control for it has to know. Plain data. */
export interface InputColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly notation: Notation | undefined;
  /** Of categories: their names. */
  readonly categories: readonly string[];
  /** Of numbers: the ends of the control. */
  readonly low: number;
  readonly high: number;
  /** Whether all numbers of the table are whole. */
  readonly whole: boolean;
  /** What a row has in the middle. */
  readonly typical: WhatIfCell;
}

/** Rows of cells as a table with the columns that a model needs. */
export function tableOfRows(inputs: readonly InputColumn[], rows: readonly (readonly WhatIfCell[])[]): Table {
  const columns = inputs.map(({ name, kind, notation, categories }, i): Column => {
    const cells = rows.map((row) => row[i] ?? null);
    if (kind === 'categorical') {
      const codes = Int32Array.from(cells, (cell) => (cell === null ? -1 : categories.indexOf(String(cell))));
      return { kind, name, categories, codes, missing: codes.filter((code) => code < 0).length };
    }
    const values = Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));
    const missing = values.filter(Number.isNaN).length;
    return { kind, name, values, missing, ...(notation !== undefined && { notation }) };
  });
  return { rows: rows.length, columns };
}
