import type { Backend } from '@agop/core';
import { randomArray } from '@agop/core';
import { resolve } from '@agop/core/options';
import { tableFromColumns } from '@agop/data';
import { subspacePage } from '../../src/subspace/report.ts';
import { runSubspaceExperiment } from '../../src/subspace/run.ts';
import { subspaceOptions } from '../../src/subspace/settings.ts';
import { tabularData } from '../../src/tabular/data.ts';
import type { Save } from '../page.ts';

const [rows, columns] = [1000, 50];

/**
 * A table of fifty columns whose target depends on three combinations of them: on a sum of five, the more so
 * the larger a sum of three others is, and on the square of a difference.
 */
export async function drawFiftyColumns(backend: Backend, save: Save): Promise<void> {
  const named = Array.from({ length: columns }, (_, k) => ({
    name: `c${String(k + 1).padStart(2, '0')}`,
    values: randomArray(rows, 'normal', { seed: 1, stream: k }, 'float64'),
  }));
  const noise = randomArray(rows, 'normal', { seed: 1, stream: columns }, 'float64');
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const c = (k: number): number => named[k - 1]?.values[i] ?? Number.NaN;
    const sum = (c(1) + c(2) + c(3) + c(4) + c(5)) / Math.sqrt(5);
    const difference = (c(6) - c(7)) / Math.sqrt(2);
    const strength = (c(8) + c(9) + c(10)) / Math.sqrt(3);
    return sum * (2 + 1.5 * strength) + difference ** 2 + 0.3 * (noise[i] as number);
  });
  const table = tableFromColumns(
    Object.fromEntries([...named.map(({ name, values }) => [name, values]), ['y', y]]),
  );
  const settings = resolve(subspaceOptions, { target: ['y'] });
  const data = await tabularData(
    'fifty columns',
    table,
    { ...settings, scale: 'standard' },
    async () => table,
  );
  using run = await runSubspaceExperiment(settings, data, { backend });
  const { summary } = run.result;
  console.log(
    `fifty columns: ${summary.dimension} directions, R² ${summary.score?.value}, ${summary.seconds} s`,
  );
  const page = await subspacePage(run.result);
  const figures = page.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'figure' ? [block.svg] : [])),
  );
  for (const [name, title] of Object.entries(pictures)) {
    const svg = figures.find((one) => one.includes(`<title>${title}</title>`));
    if (svg !== undefined) save(name, svg);
  }
}

/** Pictures of the report by the names of their files. */
const pictures: Readonly<Record<string, string>> = {
  'fifty-1': 'y along direction 1',
  'fifty-2': 'y along direction 2',
  'fifty-3': 'y along direction 3',
  'fifty-loadings': 'Loadings of all directions',
  'fifty-dimension': 'How many directions: share of the variance left',
};
