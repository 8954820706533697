import { throwIfAborted } from '@agop/core';
import type { Table } from '@agop/data';
import { type Rows, takeRows } from '@agop/estimators';
import type { ProbabilityMap } from '../calibration/temperature.ts';
import type { FittedTabular } from '../model/fitted.ts';
import { gradientsOf } from '../model/gradients.ts';
import type { FittedMember } from './fitted-table.ts';
import { type Link, type Path, probabilityLink, unitsLink } from './prediction-link.ts';
import { toRows } from './table-problem.ts';

/** What the columns of a table contribute to predictions. */
export interface Contributions {
  /** Names of the columns, in the order of the table of the fit. */
  readonly columns: readonly string[];
  /** What is predicted for the average training row, [outputs]: where contributions count from. */
  readonly reference: Float64Array;
  /** In units of the targets, or shares of probability: [n, outputs, columns], row-major. */
  readonly values: Float64Array;
}

/** Options of `contributions()`. */
export interface ContributionOptions {
  /** Places between the average row and each row at which gradients are taken, from 1. Default 32. */
  readonly steps?: number | undefined;
  /** Ends with an `AbortedError`. */
  readonly signal?: AbortSignal | undefined;
}

/** Most entries of gradients that are held at a time. */
const mostEntries = 2 ** 21;

/**
 * What columns contribute: gradients along the line from the average training row to each row, times the way
 * that the columns go, in the units of what is predicted. Contributions and the reference sum to the
 * prediction: what the steps of the line leave over goes to the columns by how much they move the outputs.
 * Columns of codes, between which nothing lies, are set one after the other at the average row.
 *
 * Source: integrated gradients, Sundararajan, Taly, Yan 2017 (arXiv 1703.01365).
 *
 * @param probability of a classification, whose contributions are to probabilities
 * @throws {ValueError} for columns that are missing, and cells that are no numbers where numbers are needed
 * @throws {AbortedError} through `signal`
 */
export async function contributionsOfTable(
  members: readonly FittedMember[],
  table: Table,
  outputs: number,
  probability: ProbabilityMap | undefined,
  { steps = 32, signal }: ContributionOptions,
): Promise<Contributions> {
  const columns = [
    ...new Set(members.flatMap(({ preprocessor }) => preprocessor.blocks.map((block) => block.column))),
  ];
  const paths = members.map((member): Path => {
    const { preprocessor, fitted } = member;
    return {
      member,
      places: Int32Array.from(
        preprocessor.blocks.flatMap(({ column, length }) =>
          Array.from({ length }, () => columns.indexOf(column)),
        ),
      ),
      codes: fitted.settings.codes,
      rows: toRows(preprocessor.transform(table)),
      from: averageRow(fitted),
    };
  });
  const values = new Float64Array(table.rows * outputs * columns.length);
  const link = probability ? probabilityLink(probability, outputs) : unitsLink(outputs);
  const widest = Math.max(...members.map(({ fitted }) => fitted.features));
  const block = Math.max(1, Math.floor(mostEntries / (widest * outputs)));
  let reference = new Float64Array(outputs);
  for (let begin = 0; begin < table.rows; begin += block) {
    const chosen = Int32Array.from({ length: Math.min(block, table.rows - begin) }, (_, i) => begin + i);
    const part = paths.map((path) => ({ ...path, rows: takeRows(path.rows, chosen) }));
    const own = await alongLines(part, link, { outputs, columns: columns.length, steps, signal });
    values.set(own.values, begin * outputs * columns.length);
    reference = own.reference;
  }
  return { columns, reference, values };
}

async function alongLines(
  paths: readonly Path[],
  link: Link,
  sizes: {
    readonly outputs: number;
    readonly columns: number;
    readonly steps: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<{ readonly values: Float64Array; readonly reference: Float64Array<ArrayBuffer> }> {
  const { outputs: c, columns, steps, signal } = sizes;
  const n = paths[0]?.rows.rows ?? 0;
  const values = new Float64Array(n * c * columns);
  // How much columns move outputs, whichever way.
  const ways = new Float64Array(n * c * columns);
  const answers = async (at: (path: Path) => Rows) =>
    Promise.all(
      paths.map(async (path) => ({ path, ...(await gradientsOf(path.member.fitted, at(path), signal)) })),
    );
  const predict = async (at: (path: Path) => Rows): Promise<Float64Array> => link.value(await answers(at), n);

  const start = await predict((path) => between(path, 0, []));
  let before = start;
  // Codes first, one column of the table after the other.
  const coded = [...new Set(paths.flatMap(({ codes, places }) => codes.map((k) => places[k] as number)))];
  for (const [at, column] of coded.entries()) {
    const after = await predict((path) => between(path, 0, coded.slice(0, at + 1)));
    for (let i = 0; i < n * c; i++) {
      values[i * columns + column] = (after[i] as number) - (before[i] as number);
    }
    before = after;
  }
  for (let step = 0; step < steps; step++) {
    throwIfAborted(signal, 'The explanation');
    const found = (await answers((path) => between(path, (step + 0.5) / steps, coded))).map((one) => {
      const changes = changesOf(one.path, one.gradients, c, steps);
      return { ...one, changes, moves: movesOf(changes, n * c) };
    });
    for (let row = 0; row < n; row++) {
      const slopesOf = link.slopes(found, row);
      for (const { path, changes } of found) {
        const d = path.rows.columns;
        for (let o = 0; o < c; o++) {
          for (let k = 0; k < d; k++) {
            const [column, change] = [path.places[k] as number, changes[(row * c + o) * d + k] as number];
            const way = (row * c + o) * columns + column;
            ways[way] = (ways[way] as number) + path.member.share * Math.abs(change);
          }
          for (const [to, slope] of slopesOf(path, o)) {
            for (let k = 0; k < d; k++) {
              const place = (row * c + to) * columns + (path.places[k] as number);
              values[place] = (values[place] as number) + slope * (changes[(row * c + o) * d + k] as number);
            }
          }
        }
      }
    }
  }
  const sharesOf = (first: number, count: number): Float64Array => {
    const sums = Float64Array.from({ length: columns }, (_, k) => {
      let sum = 0;
      for (let i = first; i < first + count; i++) sum += ways[i * columns + k] as number;
      return sum;
    });
    const total = sums.reduce((sum, value) => sum + value, 0);
    return sums.map((value) => (total > 0 ? value / total : 1 / columns));
  };
  const end = await predict((path) => path.rows);
  for (let i = 0; i < n * c; i++) {
    const own = values.subarray(i * columns, (i + 1) * columns);
    const left = (end[i] as number) - (start[i] as number) - own.reduce((sum, value) => sum + value, 0);
    const shares = sharesOf(link.isJoint ? Math.floor(i / c) * c : i, link.isJoint ? c : 1);
    for (let k = 0; k < columns; k++) own[k] = (own[k] as number) + left * (shares[k] as number);
  }
  return { values, reference: start.slice(0, c) as Float64Array<ArrayBuffer> };
}

/** Rows on the line from the average row; codes of columns that have not been set are none. */
function between({ rows, from, codes, places }: Path, share: number, coded: readonly number[]): Rows {
  const { columns } = rows;
  const isCode = new Set(codes);
  const data = Float64Array.from({ length: rows.rows * columns }, (_, at) => {
    const k = at % columns;
    const own = rows.data[at] as number;
    if (isCode.has(k)) return coded.includes(places[k] as number) ? own : -1;
    return (from[k] as number) + share * (own - (from[k] as number));
  });
  return { ...rows, data };
}

/** The mean of the rows that a member was fitted on, by its leaves; no code where there are codes. */
function averageRow({ leaves, features, settings }: FittedTabular): Float64Array {
  const codes = new Set(settings.codes);
  const amounts = Int32Array.from({ length: features }, (_, k) => k).filter((k) => !codes.has(k));
  const mean = new Float64Array(features).fill(0);
  for (const code of codes) mean[code] = -1;
  const all = leaves.reduce((sum, { parts }) => sum + (parts.tensors['centers']?.shape[0] ?? 0), 0);
  for (const { parts } of leaves) {
    const { centers, origin } = parts.tensors;
    const [rows = 0, width = 0] = centers?.shape ?? [];
    for (const [at, k] of amounts.entries()) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += centers?.data[row * width + at] ?? 0;
      mean[k] = (mean[k] as number) + (sum + rows * (origin?.data[at] ?? 0)) / all;
    }
  }
  return mean;
}

/** How far each column moves each output in one step of the line, [n, outputs, d]. */
function changesOf({ rows, from }: Path, gradients: Float64Array, c: number, steps: number): Float64Array {
  const d = rows.columns;
  return gradients.map((slope, at) => {
    const [row, k] = [Math.floor(at / (c * d)), at % d];
    return (slope * ((rows.data[row * d + k] as number) - (from[k] as number))) / steps;
  });
}

/** How far all columns together move each of so many outputs. */
function movesOf(changes: Float64Array, outputs: number): Float64Array {
  const d = changes.length / outputs;
  return Float64Array.from({ length: outputs }, (_, at) =>
    changes.subarray(at * d, (at + 1) * d).reduce((sum, change) => sum + change, 0),
  );
}
