import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Table } from '@agop/data';
import { readTableFile } from '@agop/data/node';

/** A set of the TALENT benchmark with its published split and results. */
export interface TalentSet {
  readonly name: string;
  readonly isRegression: boolean;
  readonly target: string;
  readonly categorical: readonly string[];
  readonly table: Table;
  /** Row numbers. */
  readonly split: { readonly train: number[]; readonly val: number[]; readonly test: number[] };
  /** Mean of the published RMSE or accuracy of each method over 15 seeds. */
  readonly published: Readonly<Record<string, number>>;
  /** RMSE or accuracy of each peer on the same test rows, one seed. */
  readonly peers: Readonly<Record<string, number>>;
}

interface Published {
  readonly sets: Readonly<
    Record<
      string,
      {
        readonly task: string;
        readonly target: string;
        readonly categorical: readonly string[];
        readonly train: number;
        readonly published: Readonly<Record<string, readonly [number, number] | null>>;
      }
    >
  >;
}

interface Peers {
  readonly sets: Readonly<Record<string, Readonly<Record<string, { readonly test?: number } | null>>>>;
}

/** Names of the sets in a folder, small ones first. */
export function talentNames(folder: string): string[] {
  const { sets }: Published = readJson(join(folder, 'published.json'));
  return Object.entries(sets)
    .toSorted(([, a], [, b]) => a.train - b.train)
    .map(([name]) => name);
}

/** Reads a set. */
export async function readTalentSet(folder: string, name: string): Promise<TalentSet> {
  const published: Published = readJson(join(folder, 'published.json'));
  const peers: Peers = readJson(join(folder, 'peers.json'));
  const own = published.sets[name];
  if (!own) throw new Error(`${name} is not among the published sets.`);
  const split: TalentSet['split'] = JSON.parse(
    gunzipSync(readFileSync(join(folder, `${name}.split.json.gz`))).toString(),
  );
  return {
    name,
    isRegression: own.task === 'regression',
    target: own.target,
    categorical: own.categorical,
    table: await readTableFile(join(folder, `${name}.csv.gz`)),
    split,
    published: numbersOf(own.published, (value) => value?.[0]),
    peers: numbersOf(peers.sets[name] ?? {}, (value) => value?.test),
  };
}

function numbersOf<T>(
  record: Readonly<Record<string, T>>,
  of: (value: T) => number | undefined,
): Readonly<Record<string, number>> {
  const entries = Object.entries(record).flatMap(([name, value]) => {
    const number = of(value);
    return number === undefined ? [] : [[name, number] as const];
  });
  return Object.fromEntries(entries);
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}
