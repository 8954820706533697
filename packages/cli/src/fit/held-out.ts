import { OptionError, randomPermutation } from '@agop/core';
import { findColumn, splitRows, type Table, TablePreprocessor, takeRows } from '@agop/data';
import type { OptionValues } from '../options.ts';
import { namedBy } from '../output/option-words.ts';
import { readTable } from '../table/table-options.ts';
import { seedOption } from './settings.ts';

/** Share of rows that is held out unless `--validation` says otherwise. */
const defaultShare = 0.2;

/** A table divided into what is learned from and what is judged on. */
export interface DividedTable {
  readonly preprocessor: TablePreprocessor;
  readonly training: Table;
  /** Undefined with `--validation none`. */
  readonly held: Table | undefined;
}

/** At most `--max-rows` rows of a table, drawn at random by the seed, in their order. */
export function sampleRows(table: Table, options: OptionValues): Table {
  const limit = options.whole('maxRows', 2);
  if (limit === undefined || limit >= table.rows) return table;
  // A stream of its own: the division into parts has the first one.
  const drawn = randomPermutation(table.rows, { seed: seedOption(options), stream: 1 });
  return takeRows(table, drawn.slice(0, limit).sort());
}

/**
 * Divides a table as `--validation` says: a share of its rows (at random, classes in proportion), another CSV file,
 * or none; and learns the preprocessing from the training rows.
 */
export async function divideTable(table: Table, options: OptionValues): Promise<DividedTable> {
  const asked = options.text('validation') ?? String(defaultShare);
  const share = Number(asked);
  if (asked === 'none' || share === 0) {
    return { preprocessor: fitPreprocessor(table, options), training: table, held: undefined };
  }
  if (Number.isNaN(share)) {
    const preprocessor = fitPreprocessor(table, options);
    const held = await readTable(asked, options, preprocessor.columnTypes).catch(
      namedBy('validation', asked),
    );
    return { preprocessor, training: table, held };
  }
  if (!(share > 0 && share < 1)) {
    throw new OptionError(
      'validation',
      `--validation must be a share between 0 and 1, a file, or none, but is ${asked}.`,
    );
  }
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const whole = fitPreprocessor(table, options);
  const { train, test } = splitRows(table.rows, {
    fraction: share,
    seed: seedOption(options),
    ...(whole.task === 'classification' && { stratify: whole.labels(table) }),
  });
  if (train.length < 2) {
    throw new OptionError(
      'validation',
      `--validation ${asked} leaves ${train.length} of ${table.rows} rows to learn from. Hold fewer out.`,
    );
  }
  const training = takeRows(table, train);
  const preprocessor = fitPreprocessor(training, options, whole.task);
  return { preprocessor, training, held: takeRows(table, test) };
}

function fitPreprocessor(
  table: Table,
  options: OptionValues,
  task = options.choice('task', ['regression', 'classification']),
): TablePreprocessor {
  const unknown = options.choice('unknown', ['error', 'ignore']);
  const scale = options.choice('scale', ['standard', 'none']);
  return TablePreprocessor.fit(table, {
    target: targetOption(table, options),
    ignore: options.texts('ignore'),
    categorical: options.texts('categorical'),
    ...(task !== undefined && { task }),
    ...(unknown !== undefined && { unknownCategories: unknown }),
    ...(scale !== undefined && { scale }),
  });
}

function targetOption(table: Table, options: OptionValues): readonly string[] {
  const targets = options.texts('target');
  if (targets.length > 0) return targets;
  const names = table.columns.map(({ name }) => name);
  const listed =
    names.length > 12 ? `${names.slice(0, 10).join(', ')}, … , ${names.at(-1)}` : names.join(', ');
  throw new OptionError(
    'target',
    `--target is needed: which column is to be predicted? The columns are ${listed}.`,
  );
}

/** Number of held-out rows that have a category the training rows had not; they are encoded as zeros. */
export function countUnknown(preprocessor: TablePreprocessor, held: Table): number {
  const known = new Map(
    preprocessor
      .toJSON()
      .encoders.flatMap((encoder) =>
        encoder.kind === 'categorical' ? [[encoder.column, new Set(encoder.categories)] as const] : [],
      ),
  );
  const rows = new Set<number>();
  for (const [name, categories] of known) {
    const column = findColumn(held, name);
    if (column?.kind !== 'categorical') continue;
    for (const [row, code] of column.codes.entries()) {
      if (code >= 0 && !categories.has(column.categories[code] as string)) rows.add(row);
    }
  }
  return rows.size;
}
