import { methods, type SubspaceMethod } from '@agop/subspace';
import { moments } from '../../src/moments.ts';
import { markdownTable } from '../page.ts';
import { published, publishedDimensions } from './published.ts';
import type { AgopRun, HermiteRun, SubspaceRuns } from './runs.ts';

/** The tables of the page by name. */
export function subspaceTables(runs: SubspaceRuns): Record<string, string> {
  const sizes = [...new Set(runs.methods.map(({ n }) => n))].sort((a, b) => a - b);
  return {
    ...Object.fromEntries(sizes.map((n) => [`methods-${n}`, methodTable(runs, n)])),
    dimensions: dimensionTable(runs),
    agop: agopTable(runs.agop),
    exponents: exponentTable(runs.agop),
    hermite: hermiteTable(runs.hermite),
  };
}

function methodTable(runs: SubspaceRuns, n: number): string {
  const rows = (Object.keys(methods) as SubspaceMethod[]).flatMap((method) => {
    const own = runs.methods.filter((run) => run.n === n && run.method === method);
    if (own.length === 0) return [];
    const said = published.find((row) => row.n === n && row.method === method);
    const cells = [0, 1, 2, 3].map((k) => {
      const { mean, error } = average(own.map(({ outside }) => outside[k] ?? Number.NaN));
      const text = `${mean.toFixed(3)} ± ${error.toFixed(3)}`;
      if (said === undefined) return text;
      const value = said.outside[k] as number;
      return `${text} (${value.toFixed(3)}${mean <= value ? '' : mean <= value + error ? ', within' : ', above'})`;
    });
    const missed = average(own.map((run) => run.missed));
    const seconds = own.reduce((sum, run) => sum + run.seconds, 0) / own.length;
    return [[method, String(own.length), ...cells, missed.mean.toFixed(3), seconds.toFixed(2)]];
  });
  const header = ['method', 'samples', 'b₁', 'b₂', 'b₃', 'b₄', 'missed', 'seconds'];
  return markdownTable(header, rows, [1, 2, 3, 4, 5, 6, 7]);
}

function dimensionTable({ dimensions }: SubspaceRuns): string {
  const sizes = [...new Set(dimensions.map(({ n }) => n))].sort((a, b) => a - b);
  const rows = sizes.flatMap((n) => {
    const own = dimensions.filter((run) => run.n === n);
    const share = (count: number, of: number): string => `${((100 * count) / of).toFixed(0)} %`;
    const found = Array.from({ length: 8 }, (_, k) => own.filter((run) => run.found === k + 1).length);
    const said = publishedDimensions[n] ?? [];
    return [
      [`n = ${n}, ${own.length} samples`, ...found.map((count) => share(count, own.length))],
      ...(said.length > 0
        ? [[`n = ${n}, published, 200`, ...said.slice(0, 8).map((count) => share(count, 200))]]
        : []),
    ];
  });
  return markdownTable(['dimension found', ...Array.from({ length: 8 }, (_, k) => String(k + 1))], rows);
}

function agopTable(runs: readonly AgopRun[]): string {
  const keys = [...new Set(runs.map(({ d, n }) => `${d} ${n}`))].map((key) => key.split(' ').map(Number));
  const rows = keys.map(([d = 0, n = 0]) => {
    const own = runs.filter((run) => run.d === d && run.n === n);
    const error = average(own.map((run) => run.error));
    const missed = average(own.map((run) => run.missed));
    const gap = average(own.map(({ eigenvalues }) => (eigenvalues[3] ?? 0) / (eigenvalues[4] ?? 1)));
    return [
      String(d),
      String(n),
      (n / d ** 2).toFixed(1),
      (Math.log(n) / Math.log(d)).toFixed(2),
      error.mean.toFixed(3),
      missed.mean.toFixed(3),
      gap.mean.toFixed(2),
    ];
  });
  return markdownTable(
    ['d', 'n', 'n / d²', 'log n / log d', 'squared error / variance', 'subspace missed', 'λ₄ / λ₅'],
    rows,
    [0, 1, 2, 3, 4, 5, 6],
  );
}

function hermiteTable(runs: readonly HermiteRun[]): string {
  const rows = [...new Set(runs.map(({ n }) => n))].map((n) => {
    const own = runs.filter((run) => run.n === n);
    const error = average(own.map((run) => run.error)).mean;
    return [String(n), error.toFixed(3), average(own.map((run) => run.missed)).mean.toFixed(3)];
  });
  return markdownTable(['n', 'squared error / variance', 'direction missed'], rows, [0, 1, 2]);
}

/** Parts of the subspace that are missed, at which the number of samples is read off. */
export const levels = [0.25, 0.15, 0.1];

function exponentTable(runs: readonly AgopRun[]): string {
  const rows = levels.map((level) => {
    const { needed, exponent, error } = samplesNeeded(runs, level);
    return [
      String(level),
      needed.map(({ d, n }) => `${d}: ${Math.round(n)}`).join(', '),
      `${exponent.toFixed(2)} ± ${error.toFixed(2)}`,
    ];
  });
  return markdownTable(['missed', 'samples needed, by d', 'exponent of d'], rows, [2]);
}

/**
 * The number of samples at which a part of the subspace is missed, for each d, read off between runs
 * (straight in log n); and the slope of its logarithm over log d, with its standard error.
 */
export function samplesNeeded(runs: readonly AgopRun[], level: number) {
  const needed = [...new Set(runs.map(({ d }) => d))].flatMap((d) => {
    const sizes = [...new Set(runs.filter((run) => run.d === d).map(({ n }) => n))].sort((a, b) => a - b);
    const curve = sizes.map((n) => ({
      n,
      missed: average(runs.filter((run) => run.d === d && run.n === n).map((run) => run.missed)).mean,
    }));
    const after = curve.findIndex(({ missed }) => missed <= level);
    const [a, b] = [curve[after - 1], curve[after]];
    if (!a || !b) return [];
    const share = (a.missed - level) / (a.missed - b.missed);
    return [{ d, n: Math.exp(Math.log(a.n) + share * (Math.log(b.n) - Math.log(a.n))) }];
  });
  const x = needed.map(({ d }) => Math.log(d));
  const y = needed.map(({ n }) => Math.log(n));
  const [meanX] = moments(x);
  const [meanY] = moments(y);
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const exponent = x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] ?? 0) - meanY), 0) / spread;
  const rest = x.reduce((sum, value, i) => sum + ((y[i] ?? 0) - meanY - exponent * (value - meanX)) ** 2, 0);
  const error = Math.sqrt(rest / Math.max(1, x.length - 2) / spread);
  return { needed, exponent, error };
}

/** Mean, and its standard error. */
function average(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const [mean, deviation] = moments(values);
  return { mean, error: deviation / Math.sqrt(values.length) };
}
