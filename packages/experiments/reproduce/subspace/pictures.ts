import { lineChart } from '@agop/report';
import type { SubspaceMethod } from '@agop/subspace';
import { moments } from '../../src/moments.ts';
import type { Save } from '../page.ts';
import { published } from './published.ts';
import type { AgopRun, SubspaceRuns } from './runs.ts';

/** Methods that are drawn: those of the published table, and of one kernel regression. */
const drawn: readonly SubspaceMethod[] = ['phd', 'opg', 'mave', 'refinedMave', 'agop', 'rfm'];

/** Draws the pictures of the page. */
export async function drawSubspaces(runs: SubspaceRuns, save: Save): Promise<void> {
  const sizes = [...new Set(runs.methods.map(({ n }) => n))].sort((a, b) => a - b);
  if (sizes.length > 0) {
    save(
      'methods',
      await lineChart({
        title: 'Part of the four directions that is missed; dashed: published',
        series: drawn.map((method) => ({
          label: method,
          x: sizes,
          y: sizes.map((n) => meanOf(runs.methods.filter((run) => run.n === n && run.method === method))),
        })),
        levels: published
          .filter(({ n, method }) => n === sizes.at(-1) && method !== 'phd')
          .map(({ method, outside }) => ({
            value: outside.reduce((sum, value) => sum + value, 0) / 4,
            label: `${method}, published, n = ${sizes.at(-1)}`,
          })),
        x: { label: 'samples n', log: true },
        y: { label: 'missed', log: true },
      }),
    );
  }
  if (runs.agop.length === 0) return;
  const dimensions = [...new Set(runs.agop.map(({ d }) => d))].sort((a, b) => a - b);
  save(
    'agop-errors',
    await lineChart({
      title: 'One kernel regression: no better than the mean, yet the subspace is found',
      series: [
        ...dimensions.map((d) => curve(runs.agop, d, 'missed')),
        ...[dimensions[0] as number, dimensions.at(-1) as number].map((d) => curve(runs.agop, d, 'error')),
      ],
      levels: [{ value: 1, label: 'predicting the mean' }],
      x: { label: 'n / d²', log: true },
      y: { label: 'error', log: true },
      height: 340,
    }),
  );
  const largest = dimensions.at(-1) as number;
  const own = runs.agop.filter(({ d }) => d === largest);
  const most = Math.max(...own.map(({ n }) => n));
  const { eigenvalues = [] } = own.find(({ n }) => n === most) ?? {};
  save(
    'agop-eigenvalues',
    await lineChart({
      title: `Eigenvalues of the AGOP, d = ${largest}, n = ${most}: the gap after the fourth`,
      series: [{ label: '', x: eigenvalues.map((_, k) => k + 1), y: eigenvalues }],
      x: { label: 'eigenvalue' },
      y: { label: 'relative to the first', domain: [0, 1] },
    }),
  );
}

function curve(runs: readonly AgopRun[], d: number, what: 'missed' | 'error') {
  const own = runs.filter((run) => run.d === d);
  const sizes = [...new Set(own.map(({ n }) => n))].sort((a, b) => a - b);
  return {
    label: what === 'missed' ? `subspace, d = ${d}` : `prediction, d = ${d}`,
    x: sizes.map((n) => n / d ** 2),
    y: sizes.map((n) => moments(own.filter((run) => run.n === n).map((run) => run[what]))[0]),
  };
}

function meanOf(runs: readonly { readonly missed: number }[]): number {
  return moments(runs.map(({ missed }) => missed))[0];
}
