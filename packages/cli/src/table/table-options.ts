import { OptionError, type Wording, wording } from '@agop/core';
import { choice, flag, list, type Settings, text } from '@agop/core/options';
import type { Table } from '@agop/data';
import type { TableFileOptions } from '@agop/data/node';
import { refuse } from '@agop/experiments/options';

/** Options of every command that reads a table. */
export const tableOptions = {
  delimiter: text({ description: 'Separator of cells', placeholder: 'character', defaultWords: 'detected' }),
  decimal: choice(['.', ','], {
    description: "Decimal separator, '.' or ','",
    placeholder: 'character',
    defaultWords: 'detected',
  }),
  missing: list(text({ description: 'A text that means "no value", besides NA, ?, nan, …; repeatable' })),
  usualMissing: flag({
    description: 'NA, null, … are texts; only empty cells and --missing mean "no value"',
    default: true,
    namesInCode: ['kept'],
  }),
  encoding: text({
    description: 'Text encoding',
    placeholder: 'name',
    defaultWords: 'utf-8, or windows-1252',
  }),
  header: flag({ description: 'The first line is data; columns are column1, column2, …', default: true }),
};
export type TableOptions = Settings<typeof tableOptions>;

/**
 * Refuses options of tables where there is no table.
 *
 * @param what they do not go with
 * @throws {OptionError} for the first of them that was given
 */
export function refuseTableOptions(options: TableOptions, what: Wording): void {
  const { missing, header, usualMissing } = options;
  refuse({ ...options, missing: missing[0] }, ['delimiter', 'decimal', 'missing', 'encoding'], what);
  // Where a header is the rule, the flag says that there is none.
  if (!usualMissing)
    throw new OptionError('usualMissing', wording`--no-usual-missing does not go with ${what}.`);
  if (!header) throw new OptionError('header', wording`--no-header does not go with ${what}.`);
}

/** Types of the columns that the user calls categorical: they keep the spelling of their cells. */
export function declaredTypes(categorical: readonly string[]): Record<string, 'categorical'> {
  return Object.fromEntries(categorical.map((name) => [name, 'categorical'] as const));
}

/** Reads a table as the options say; `-` is standard input. */
export async function readTable(
  path: string,
  { delimiter, decimal, missing, usualMissing, encoding, header }: TableOptions,
  reading: Pick<TableFileOptions, 'types' | 'kept' | 'spelled'> = {},
): Promise<Table> {
  const [{ defaultMissing }, { readTableFile }] = await Promise.all([
    import('@agop/data'),
    import('@agop/data/node'),
  ]);
  const known: TableFileOptions = {
    header,
    missing: [...(usualMissing ? defaultMissing : ['']), ...missing],
    ...reading,
    ...(delimiter !== undefined && { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(decimal !== undefined && { decimal }),
    ...(encoding !== undefined && { encoding }),
  };
  return readTableFile(path === '-' && process.platform !== 'win32' ? '/dev/stdin' : path, known);
}
