import type { ColumnKind, Table } from '@agop/data';
import { readTableFile, type TableFileOptions } from '@agop/data/node';
import type { OptionSpec } from '../command.ts';
import type { OptionValues } from '../options.ts';

/** Options of every command that reads a table. */
export const tableOptions: readonly OptionSpec[] = [
  { flags: '--delimiter <character>', description: 'Separator of cells (default: detected)' },
  { flags: '--decimal <character>', description: "Decimal separator, '.' or ',' (default: .)" },
  {
    flags: '--missing <text>',
    description: 'A text that means "no value", besides NA, ?, nan, …; repeatable',
  },
  { flags: '--encoding <name>', description: 'Text encoding (default: utf-8)' },
  { flags: '--no-header', description: 'The first line is data; columns are column1, column2, …' },
];

/** Reads a table as the options say. */
export async function readTable(
  path: string,
  options: OptionValues,
  types: Readonly<Record<string, ColumnKind>> = {},
): Promise<Table> {
  const { defaultMissing } = await import('@agop/data');
  const delimiter = options.text('delimiter');
  const decimal = options.choice('decimal', ['.', ',']);
  const encoding = options.text('encoding');
  const known: TableFileOptions = {
    header: !options.off('header'),
    missing: [...defaultMissing, ...options.texts('missing')],
    types,
    ...(delimiter !== undefined && { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(decimal !== undefined && { decimal }),
    ...(encoding !== undefined && { encoding }),
  };
  return readTableFile(path, known);
}
