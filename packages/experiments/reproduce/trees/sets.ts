import { join } from 'node:path';
import { randomArray } from '@agop/core';
import { sampleRows, splitRows, type Table, TablePreprocessor, takeRows } from '@agop/data';
import { readTableFile } from '@agop/data/node';
import type { Rows } from '@agop/estimators';
import { type SharedSet, sharedSets, splitSet } from '../tables/sets.ts';
import { readTalentSet } from '../talent/sets.ts';

/** Rows that trees are fitted to, and others that judge them. */
export interface TreeSet {
  readonly name: string;
  readonly isRegression: boolean;
  readonly training: Part;
  readonly held: Part;
}

interface Part {
  readonly x: Rows;
  /** Targets, or numbers of classes. */
  readonly y: ArrayLike<number>;
}

/** Most rows that are fitted: a sample of larger tables. */
const mostRows = 24_000;

/** Functions of normal numbers, with their columns. */
const made: Readonly<Record<string, { readonly columns: number; readonly of: (x: Float64Array) => number }>> =
  {
    'made: five columns': { columns: 20, of: (x) => at(x, 0) * at(x, 1) + Math.sin(2 * at(x, 2)) + sign(x) },
    'made: smooth': {
      columns: 15,
      of: (x) => Math.sin(at(x, 0) + at(x, 1)) + at(x, 2) ** 2 / 2 + at(x, 3) * at(x, 4),
    },
  };

const at = (x: Float64Array, k: number): number => x[k] as number;
const sign = (x: Float64Array): number => Math.sign(at(x, 3)) * at(x, 4);

/** TALENT: `train` is fitted and `val` judges; its test rows are not read. */
const talent = ['pol_reg', 'houses', 'fried'];
/** Of these, the rows that the board of the shared tables does not use. */
const shared = ['regression-california_housing', 'regression-kin40k', 'classification-electricity'];

/** Names of the sets. */
export const treeSets: readonly string[] = [...Object.keys(made), ...talent, ...shared];

/** @param folder of the shared tables */
export async function readTreeSet(folder: string, name: string): Promise<TreeSet> {
  const own = made[name];
  if (own) return makeSet(name, own);
  if (talent.includes(name)) {
    const { table, target, categorical, split } = await readTalentSet(join(folder, 'talent'), name);
    const parts = [takeRows(table, split.train), takeRows(table, split.val)] as const;
    return prepared(name, parts, { target, categorical, ignore: [], isRegression: true });
  }
  const set = sharedSets(folder).find((one) => one.name === name);
  if (!set) throw new Error(`${name} is not among the shared tables.`);
  const { rows } = await splitSet(folder, set, 0);
  const used = new Set([...rows.train, ...rows.test]);
  const table = await readTableFile(join(folder, set.file));
  const others = Array.from({ length: table.rows }, (_, row) => row).filter((row) => !used.has(row));
  const chosen = sampleRows(
    others.map(() => ''),
    Math.ceil(mostRows / 0.8),
    { seed: 12 },
  );
  const { train, test } = splitRows(chosen.length, { fraction: 0.2, seed: 0 });
  const part = (of: ArrayLike<number>) =>
    takeRows(
      table,
      Array.from(of, (i) => others[chosen[i] as number] as number),
    );
  return prepared(name, [part(train), part(test)], set);
}

function makeSet(name: string, { columns, of }: (typeof made)[string]): TreeSet {
  const n = mostRows + 6000;
  const data = randomArray(n * columns, 'normal', { seed: 1 }, 'float64');
  const noise = randomArray(n, 'normal', { seed: 2 }, 'float64');
  const y = Float64Array.from({ length: n }, (_, i) => {
    return of(data.subarray(i * columns, (i + 1) * columns)) + 0.1 * (noise[i] as number);
  });
  const part = (begin: number, end: number): Part => ({
    x: { data: data.subarray(begin * columns, end * columns), rows: end - begin, columns },
    y: y.subarray(begin, end),
  });
  return { name, isRegression: true, training: part(0, mostRows), held: part(mostRows, n) };
}

function prepared(
  name: string,
  [training, held]: readonly [Table, Table],
  {
    target,
    ignore,
    categorical,
    isRegression,
  }: Pick<SharedSet, 'target' | 'ignore' | 'categorical' | 'isRegression'>,
): TreeSet {
  const preprocessor = TablePreprocessor.fit(training, {
    target,
    task: isRegression ? 'regression' : 'classification',
    ignore,
    categorical,
    unknownCategories: 'ignore',
  });
  const classes = new Map<unknown, number>();
  const part = (table: Table): Part => {
    const { data, shape } = preprocessor.transform(table);
    const [rows, columns] = shape as readonly [number, number];
    const y = isRegression
      ? preprocessor.targets(table).data
      : Array.from(preprocessor.labels(table), (label) => {
          if (!classes.has(label)) classes.set(label, classes.size);
          return classes.get(label) as number;
        });
    return { x: { data, rows, columns }, y: Float64Array.from(y) };
  };
  return { name, isRegression, training: part(training), held: part(held) };
}
