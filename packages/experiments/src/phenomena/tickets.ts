import { randomPermutation, subkey } from '@agop/core';
import { diagonalOf } from './diagonal.ts';
import { lengthOf, pick, type Rows } from './images.ts';
import { accuracyOf, fitRfm } from './learners.ts';
import { nextOf, type StudyContext } from './markers.ts';
import type { LotteryRun, PhenomenonPicture } from './result.ts';

const classes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/**
 * Pixels on which the diagonal of the AGOP is large, kept alone: a kernel machine on them beside one on as
 * many pixels at random, and on those of largest variance. Rows are scaled to length 1, as published.
 */
export async function lotteryTickets(
  digits: { readonly train: Rows; readonly test: Rows },
  count: number,
  thresholds: readonly number[],
  { backend, signal, seed, tell }: StudyContext,
): Promise<{ readonly run: LotteryRun; readonly pictures: PhenomenonPicture[] }> {
  const all = Array.from({ length: digits.train.count }, (_, i) => i);
  const train = pick(digits.train, nextOf(all, count, seed));
  const test = pick(
    digits.test,
    Array.from({ length: Math.min(count, digits.test.count) }, (_, i) => i),
  );
  const score = async (columns: readonly number[]): Promise<number> => {
    const own = unitRows(keep(train, columns));
    let accuracy = Number.NaN;
    await fitRfm({ backend, signal, train: own, classes }, 0, async ({ predict }) => {
      accuracy = await accuracyOf(predict, unitRows(keep(test, columns)));
    });
    return accuracy;
  };
  let [whole, diagonal] = [Number.NaN, new Float64Array()];
  await fitRfm({ backend, signal, train: unitRows(train), classes }, 0, async ({ predict, agop }) => {
    whole = await accuracyOf(predict, unitRows(test));
    diagonal = Float64Array.from(diagonalOf(await agop()));
  });
  const scaled = minMax(diagonal);
  const variances = variancesOf(train);
  const varying = Array.from(variances.keys()).filter((column) => (variances[column] as number) > 0);
  const byVariance = varying.toSorted((a, b) => (variances[b] as number) - (variances[a] as number));
  const shuffled = Array.from(
    randomPermutation(varying.length, subkey(seed, 'row-sample')),
    (i) => varying[i] as number,
  );
  const tickets: LotteryRun['tickets'] = [];
  const masks: PhenomenonPicture[] = [];
  for (const [i, threshold] of thresholds.entries()) {
    const chosen = Array.from(scaled.keys()).filter((column) => (scaled[column] as number) > threshold);
    const pixels = chosen.length;
    tickets.push({
      threshold,
      pixels,
      chosen: await score(chosen),
      random: await score(shuffled.slice(0, pixels)),
      variance: await score(byVariance.slice(0, pixels)),
    });
    masks.push(
      square(
        train,
        `above ${threshold}`,
        scaled.map((value) => (value > threshold ? 1 : 0)),
      ),
    );
    tell((i + 1) / thresholds.length);
  }
  return {
    run: { seed, images: train.count, all: whole, varying: varying.length, tickets },
    pictures: [square(train, 'diag M', scaled), ...masks],
  };
}

/** The images with some of their pixels alone, as one line each. */
function keep(rows: Rows, columns: readonly number[]): Rows {
  const length = lengthOf(rows);
  const data = new Float32Array(rows.count * columns.length);
  for (let i = 0; i < rows.count; i++) {
    for (const [j, column] of columns.entries()) {
      data[i * columns.length + j] = rows.data[i * length + column] as number;
    }
  }
  return { ...rows, data, height: 1, width: columns.length, channels: 1 };
}

/** Each row scaled to length 1; rows of zeros stay. */
function unitRows(rows: Rows): Rows {
  const data = rows.data.slice();
  const length = lengthOf(rows);
  for (let i = 0; i < rows.count; i++) {
    const row = data.subarray(i * length, (i + 1) * length);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0) for (const [j, value] of row.entries()) row[j] = value / norm;
  }
  return { ...rows, data };
}

function variancesOf(rows: Rows): Float64Array {
  const length = lengthOf(rows);
  const [sums, squares] = [new Float64Array(length), new Float64Array(length)];
  for (const [at, value] of rows.data.entries()) {
    sums[at % length] = (sums[at % length] as number) + value;
    squares[at % length] = (squares[at % length] as number) + value * value;
  }
  return squares.map((square, j) =>
    Math.max(0, square / rows.count - ((sums[j] as number) / rows.count) ** 2),
  );
}

function minMax(values: Float64Array): Float64Array {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return values.map((value) => (value - least) / (most - least));
}

function square({ height, width }: Rows, label: string, data: Float64Array): PhenomenonPicture {
  return { label, height, width, channels: 1, data: Array.from(data) };
}
