import { Contender, type ContenderProgram } from './contenders/contender.ts';
import type { Precision } from './contenders/protocol.ts';
import type { Result } from './measure.ts';

/**
 * Time of a fit against n, for one thread and more, with the exponent of the best-fitting power law as a
 * result of its own.
 */
export async function measureScaling(
  program: (threads: number) => ContenderProgram,
  threadCounts: readonly number[],
  sizes: readonly number[],
): Promise<Result[]> {
  const dtype: Precision = 'float32';
  const results: Result[] = [];
  for (const threads of threadCounts) {
    const contender = await Contender.start(program(threads));
    if (typeof contender === 'string') continue;
    const name = `scaling of a fit, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    const times: number[] = [];
    for (const n of sizes) {
      const size = { n, d: 50, c: 1 };
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 2; round++) {
        const answer = await contender.do({ work: 'fit', dtype, size });
        if ('seconds' in answer) best = Math.min(best, answer.seconds);
      }
      times.push(best);
      results.push({ name, dtype, size, ours: best, peer: null, ratio: null, unit: 's' });
    }
    contender.stop();
    const exponent = slope(sizes.map(Math.log), times.map(Math.log));
    results.push({
      name: `${name}: exponent of n`,
      dtype,
      size: {},
      ours: exponent,
      peer: null,
      ratio: null,
      unit: '',
    });
  }
  return results;
}

/** Least-squares slope of y against x. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] as number) - my), 0);
  return covariance / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}
