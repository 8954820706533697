import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { ConvRFMClassifier, starImages, type TransformSnapshot } from '@agop/conv-rfm';
import type { Backend } from '@agop/core';
import { imageGrid, lineChart, type Picture } from '@agop/report';
import { filtersOf, viewsOf } from '../../src/filters/pictures.ts';
import type { FiltersSummary } from '../../src/filters/result.ts';
import type { Save } from '../page.ts';
import { experiments, published } from './runs.ts';

/** Draws all pictures of the page for which results or models are there. */
export async function drawPictures(
  results: ReadonlyMap<string, FiltersSummary>,
  models: string,
  save: Save,
): Promise<void> {
  using backend = await createCpuBackend({ widenSimd: true });
  for (const { name, title } of published) {
    const result = results.get(name);
    if (result) save(`accuracy-${name}`, await accuracyChart(title, result));
  }
  for (const { name } of experiments) {
    const file = join(models, `${name}.safetensors`);
    if (!existsSync(file)) continue;
    using model = await ConvRFMClassifier.load<number>(file, { backend });
    const snapshots = model.snapshots.filter(({ layer }) => layer === 0);
    save(`filters-${name}`, await filterGrid(backend, snapshots));
    if (name === 'star') save('star-attention', starAttention(snapshots.at(-1) as TransformSnapshot));
  }
}

function accuracyChart(title: string, { runs }: FiltersSummary): Promise<string> {
  return lineChart({
    title: `Accuracy per round: ${title}`,
    series: runs.map(({ seed, rounds }) => ({
      label: `seed ${seed}`,
      y: rounds.map(({ accuracy }) => accuracy ?? Number.NaN),
    })),
    x: { label: 'round' },
    y: { label: 'accuracy', percent: true },
    width: 560,
  });
}

/** One row of filters per round. */
async function filterGrid(backend: Backend, snapshots: readonly TransformSnapshot[]): Promise<string> {
  const columns = 9;
  const rounds = await filtersOf(backend, snapshots, columns);
  const pictures = rounds.flatMap(({ iteration, filters }) =>
    filters.map(({ share, ...filter }, index): Picture => {
      const percent = `${(100 * share).toFixed(index === 0 ? 0 : 1)} %`;
      return { ...filter, label: index === 0 ? `round ${iteration}: ${percent}` : percent };
    }),
  );
  return imageGrid({ title: 'Filters of each round', pictures, columns, ramp: 'diverging', width: 900 });
}

/** Some images of the star task, and what the model makes of them. */
function starAttention(snapshot: TransformSnapshot): string {
  const views = viewsOf(starImages(6, 77), snapshot, 0, 6);
  const brightest = Math.max(...views.flatMap(({ strength }) => strength.data));
  return imageGrid({
    title: 'The star task: images, where the model looks, what it sees',
    pictures: [
      ...views.map(({ image }) => image),
      // On one scale: pictures of one channel are stretched each by itself.
      ...views.map(({ strength }) => ({ ...strength, data: grey(strength.data, brightest), channels: 3 })),
      ...views.map(({ seen }) => seen),
    ],
    columns: views.length,
    width: 900,
  });
}

/** Grey values as colours, white being `brightest`; one pixel each is set aside to fix the scale. */
function grey(data: readonly number[], brightest: number): number[] {
  const colours = data.flatMap((value) => Array<number>(3).fill(value / brightest));
  colours[0] = 0;
  colours[colours.length - 1] = 1;
  return colours;
}
