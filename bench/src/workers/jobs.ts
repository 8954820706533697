import { randomArray } from '@agop/core';
import { portfolio, type TabularJob } from '@agop/tabular';

const d = 10;

/** Rows with a smooth target. */
function made(rows: number, seed: number) {
  const data = randomArray(rows * d, 'normal', { seed }, 'float64');
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b] = [data[row * d] as number, data[row * d + 1] as number];
    return Math.sin(2 * a) + a * b;
  });
  return { x: { data, rows, columns: d }, y };
}

/**
 * Trials on the same rows, each another job.
 *
 * @param seed further jobs than those of other seeds
 */
export function trials(rows: number, count: number, seed: number): TabularJob[] {
  const [training, held] = [made(rows, 1), made(Math.ceil(rows / 4), 2)];
  const candidate = portfolio.find((one) => !one.diagonal) ?? portfolio[0];
  if (!candidate) throw new Error('The portfolio is empty.');
  return Array.from({ length: count }, (_, at) => ({
    kind: 'trial',
    trial: {
      candidate: { ...candidate, iterations: 1 },
      x: training.x,
      targets: training.y,
      outputs: 1,
      weights: undefined,
      held: held.x,
      comparison: { score: 'rmse', task: 'regression', actual: held.y, columns: 1, weights: undefined },
      scales: [{ kind: 'none', floor: 0, unit: 1, mean: 0, deviation: 1 }],
      learningRidges: undefined,
      deadline: undefined,
      codes: [],
      seed: 10_000 * seed + at,
    },
  }));
}
