import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellText, requireColumn, sampleRows, splitRows, type Table, takeRows } from '@agop/data';
import { readTableFile } from '@agop/data/node';

/** A table of the shared data with its task. */
export interface SharedSet {
  readonly name: string;
  readonly file: string;
  readonly isRegression: boolean;
  readonly target: string;
  readonly ignore: readonly string[];
  readonly categorical: readonly string[];
  readonly rows: number;
  /** The text of missing cells, if there are any. */
  readonly missing: string | undefined;
}

interface Manifest {
  readonly sets: readonly {
    readonly name: string;
    readonly group: string;
    readonly task: string;
    readonly rows: number;
    readonly data: string;
    readonly targets: readonly string[];
    readonly ignore: readonly string[];
    readonly categorical: readonly string[];
    readonly missing: string | false;
  }[];
}

interface Published {
  readonly sets: Readonly<
    Record<
      string,
      {
        readonly task: string;
        readonly target: string;
        readonly categorical: readonly string[];
        readonly rows: number;
      }
    >
  >;
}

/** Tables that are there twice, under other names. */
const twice = new Set([
  ...['airfoil_self_noise', 'kin8nm', 'houses', 'vehicle', 'cmc', 'optdigits'].map(
    (name) => `talent-${name}`,
  ),
  ...['iris', 'wine', 'digits', 'breast_cancer'].map((name) => `sklearn-${name}`),
]);

/** Fewest rows of a set of the UCI collection that says something with one test part. */
const fewestRows = 300;

/** Most rows of a set that are used: a sample of larger ones. */
const mostRows = 5000;

/** The shared tables, small ones first. */
export function sharedSets(folder: string): SharedSet[] {
  const read = <T>(path: string): T => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const { sets }: Manifest = read('manifest.json');
  const { sets: talent }: Published = read('talent/published.json');
  const all: SharedSet[] = [
    ...sets.flatMap((set) =>
      set.group === 'images' || (set.group === 'uci121' && set.rows < fewestRows)
        ? []
        : [
            {
              ...set,
              name: `${set.group}-${set.name}`,
              file: set.data,
              isRegression: set.task === 'regression',
              target: set.targets[0] as string,
              missing: set.missing || undefined,
            },
          ],
    ),
    ...Object.entries(talent).map(([name, set]) => ({
      ...set,
      name: `talent-${name}`,
      file: `talent/${name}.csv.gz`,
      isRegression: set.task === 'regression',
      ignore: [],
      missing: undefined,
    })),
  ];
  return all.filter(({ name }) => !twice.has(name)).toSorted((a, b) => a.rows - b.rows);
}

/** Training and test rows of a set: 80 and 20 % of at most 5,000 rows, by classes alike. */
export async function splitSet(
  folder: string,
  { file, target, missing, isRegression }: SharedSet,
  seed: number,
): Promise<{
  readonly training: Table;
  readonly test: Table;
  readonly rows: { train: number[]; test: number[] };
}> {
  const table = await readTableFile(
    join(folder, file),
    missing === undefined ? undefined : { missing: [missing] },
  );
  const column = requireColumn(table, target);
  const labels = Array.from({ length: table.rows }, (_, row) =>
    isRegression ? '' : (cellText(column, row) ?? ''),
  );
  const chosen = sampleRows(labels, mostRows, { seed: 11 });
  const own = Array.from(chosen, (row) => labels[row] as string);
  const { train, test } = splitRows(chosen.length, {
    fraction: 0.2,
    seed,
    ...(!isRegression && { stratify: own }),
  });
  const rows = {
    train: Array.from(train, (at) => chosen[at] as number),
    test: Array.from(test, (at) => chosen[at] as number),
  };
  return { training: takeRows(table, rows.train), test: takeRows(table, rows.test), rows };
}
