import type { ColumnKind } from '../table/table.ts';

/** How a CSV text is read. */
export interface CsvOptions {
  /** Separator of cells. Default: detected among comma, semicolon, tab and `|`. */
  readonly delimiter?: string;
  /** Whether the first line names the columns. Default true; without, they are column1, column2, … */
  readonly header?: boolean;
  /** Decimal separator of numbers. Default `.`. */
  readonly decimal?: '.' | ',';
  /** Cells that mean "missing", compared after trimming. Default {@link defaultMissing}. */
  readonly missing?: readonly string[];
  /** Kinds of columns that must not be inferred, by name. */
  readonly types?: Readonly<Record<string, ColumnKind>>;
  /** Text encoding when bytes are read. Default: UTF-8, or what a byte order mark says. */
  readonly encoding?: string;
  /** What the text is called in messages, usually a file name. */
  readonly name?: string;
}

/** Cells that are read as missing unless {@link CsvOptions.missing} says otherwise. */
export const defaultMissing: readonly string[] = [
  '',
  '?',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  'NAN',
  'NULL',
  'null',
  'None',
];
