import { block, heatMap, type Section } from '@agop/report';
import type { Drawn } from '../result.ts';

/** The learned metric of the fit with the largest share. */
export function metricSection(metric: Drawn['metric']): Section | undefined {
  if (!metric) return undefined;
  const { names, data, of } = metric;
  const [rows, columns] = metric.shape;
  if (rows < 2) return undefined;
  const limit = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const svg = heatMap({
    title: 'The learned metric',
    matrix: { data, shape: [rows, columns] },
    rowLabels: names,
    columnLabels: names,
    domain: [data.some((value) => value < 0) ? -limit : 0, limit],
  });
  return {
    heading: 'What it has learned to compare',
    blocks: [
      block.text(
        'Two rows are alike if they agree in what matters: on the diagonal stands how much each column counts, off it which columns count together (red: in the same sense, blue: against each other).',
      ),
      block.figure(
        svg,
        `The learned metric, ${rows} x ${columns}, of the fit with the largest share: ${of}.`,
      ),
    ],
  };
}
