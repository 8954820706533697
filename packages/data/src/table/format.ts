import { checkChoice, checkMembers, type MemberKind } from '@agop/core/options';
import type { ColumnType, Table } from './table.ts';

/** What readers of all formats of tables are told. */
export interface TableOptions {
  /** What columns are, where that must not be inferred, by name. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Texts that are values in a column, also where they are among those that mean "missing", by name. */
  readonly kept?: Readonly<Record<string, readonly string[]>>;
  /**
   * Columns whose cells are also kept as they are written where they are numbers or dates: see `spelled` of
   * {@link NumericColumn}.
   */
  readonly spelled?: readonly string[];
  /**
   * Texts that mean "missing", compared after trimming. Default: those usual in the format. Dashes and words
   * such as `unknown` are missing among numbers only, always.
   */
  readonly missing?: readonly string[];
  /** What the table is called in messages, usually a file name. */
  readonly name?: string;
}

/**
 * Checks what readers of tables are told.
 *
 * @param further names of the options of one format
 * @throws {OptionError} for unknown options, and values of another kind
 */
export function checkTableOptions(
  what: string,
  options: { readonly [K in keyof TableOptions]: TableOptions[K] | undefined },
  further: Readonly<Record<string, MemberKind>> = {},
): void {
  checkMembers(what, options, {
    types: 'object?',
    kept: 'object?',
    spelled: 'texts?',
    missing: 'texts?',
    name: 'text?',
    ...further,
  });
  for (const [column, type] of Object.entries(options.types ?? {}))
    checkChoice(`types.${column}`, type, columnTypes);
  for (const [column, texts] of Object.entries(options.kept ?? {})) {
    checkMembers('the texts that are kept', { [column]: texts }, { [column]: 'texts' });
  }
}

const columnTypes: readonly ColumnType[] = [
  ...(['numeric', 'categorical', 'decimal comma', 'clock'] as const),
  ...(['date YMD', 'date DMY', 'date MDY'] as const),
];

/** A format of files of tables. */
export interface TableFormat {
  /** What people call it, e.g. `CSV`. */
  readonly name: string;
  /**
   * Whether a file has this format.
   *
   * @param head the first bytes of the file, at most 512, decompressed
   * @param path name of the file
   */
  recognize(head: Uint8Array, path: string): boolean;
  /**
   * Reads the bytes of a file. A format may know further options (see `CsvOptions`); those of others say
   * nothing to it.
   *
   * @throws {FormatError} if they have another format
   * @throws {ValueError} if there is no usable table in them
   */
  read(bytes: Uint8Array, options: TableOptions): Promise<Table>;
}
