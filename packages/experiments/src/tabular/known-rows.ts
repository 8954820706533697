import { OptionError, wording } from '@agop/core';
import { requireColumn, type Table, type TableNote, takeRows } from '@agop/data';

/** Rows of another file that are held out, and what the model learns from. */
export interface HeldOut {
  readonly training: Table;
  readonly held: Table;
  /** Columns that the model sees, without those that only number the rows. */
  readonly features: readonly string[];
  readonly targets: readonly string[];
  /** The option that names the file: its rows only test, or choose the iteration. */
  readonly option: 'test' | 'validation';
}

/** Held-out rows that say something of new ones. */
export interface FreshRows {
  readonly held: Table;
  /** Rows that were left out. */
  readonly known: number;
  readonly notes: readonly TableNote[];
}

const words = {
  test: {
    rows: 'test rows',
    use: 'the test is on',
  },
  validation: {
    rows: 'validation rows',
    use: 'the iteration is chosen on',
  },
} as const;

/**
 * Held-out rows without those that are also in the training table: the model would know them by heart. Where
 * rows recur by themselves, as in a table of two yes-or-no columns, new ones are like old ones, and all stay.
 *
 * @throws {OptionError} where no row is left
 */
export function freshRows({ training, held, features, targets, option }: HeldOut): FreshRows {
  if (features.length === 0) return { held, known: 0, notes: [] };
  const [own, others] = [training, held].map((table) => keysOf(table, [...features, ...targets])) as [
    string[],
    string[],
  ];
  const seen = new Set(own);
  const rows = Int32Array.from(others.flatMap((key, row) => (seen.has(key) ? [] : [row])));
  const known = held.rows - rows.length;
  if (known === 0) return { held, known, notes: [] };
  const { rows: what, use } = words[option];
  const are = known === 1 ? 'is' : 'are';
  if (!isBeyondChance(known, held.rows, [own])) {
    const note: TableNote = {
      code: `recurring-${option}-rows`,
      message: wording`${known} of the ${held.rows} ${what} ${are} like rows of the table that the model learns from. Rows of that table are like each other, too, so that this is no sign of copies: they stay.`,
    };
    return { held, known: 0, notes: [note] };
  }
  if (rows.length === 0) {
    throw new OptionError(
      option,
      wording`All ${held.rows} ${what} are also in the table that the model learns from, so they say nothing of new rows. Name a file of other rows, or a share such as ${{ option, value: 0.2 }}, which is held out of the table.`,
    );
  }
  const note: TableNote = {
    code: `known-${option}-rows`,
    message: wording`${known} of the ${held.rows} ${what} ${are} also in the table that the model learns from, and ${are} left out: ${use} the other ${rows.length}.`,
    option,
  };
  return { held: takeRows(held, rows), known, notes: [note] };
}

/**
 * Whether more rows are like those that a model learned from than new rows would be: three standard
 * deviations of a binomial distribution more, with the share of rows that have another one like them in their
 * part.
 *
 * @param alike rows that are
 * @param rows all that were compared
 * @param parts of what the model learned from, each with a text for each row that says what it is
 */
export function isBeyondChance(alike: number, rows: number, parts: readonly (readonly string[])[]): boolean {
  let [recurring, all] = [0, 0];
  for (const keys of parts) {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const count of counts.values()) if (count > 1) recurring += count;
    all += keys.length;
  }
  const share = all === 0 ? 0 : recurring / all;
  return alike > rows * share + 3 * Math.sqrt(rows * share * (1 - share));
}

/**
 * The cells of each row in one text, to the last digit of float32; missing cells are alike, and 0 and -0 are
 * one.
 */
function keysOf(table: Table, names: readonly string[]): string[] {
  const columns = names.map((name) => requireColumn(table, name));
  return Array.from({ length: table.rows }, (_, row) =>
    JSON.stringify(
      columns.map((column) =>
        column.kind === 'numeric'
          ? Math.fround(column.values[row] as number)
          : (column.categories[column.codes[row] as number] ?? null),
      ),
    ),
  );
}
