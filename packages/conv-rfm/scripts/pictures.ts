import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import {
  attentionPictures,
  ConvRFMClassifier,
  patchFilters,
  starImages,
  type TransformSnapshot,
} from '@agop/conv-rfm';
import type { Backend } from '@agop/core';
import { imageGrid, lineChart, type Picture } from '@agop/report';
import { edges, published, real } from './experiments.ts';
import type { ConvResult } from './tables.ts';

/** Draws all pictures of the page for which results or models are there. */
export async function drawPictures(
  results: ReadonlyMap<string, ConvResult>,
  models: string,
  out: string,
): Promise<void> {
  mkdirSync(out, { recursive: true });
  const save = (name: string, svg: string): void => writeFileSync(join(out, `${name}.svg`), svg);
  using backend = await createCpuBackend({ widenSimd: true });
  for (const { name, title } of published) {
    const result = results.get(name);
    if (result) save(`accuracy-${name}`, await accuracyChart(title, result));
  }
  for (const { name } of [...published, ...real, edges]) {
    const file = join(models, `${name}.safetensors`);
    if (!existsSync(file)) continue;
    using model = await ConvRFMClassifier.load<number>(file, { backend });
    const snapshots = model.snapshots.filter(({ layer }) => layer === 0);
    save(`filters-${name}`, await filterGrid(backend, snapshots));
    if (name === 'star') save('star-attention', starAttention(snapshots.at(-1) as TransformSnapshot));
  }
}

function accuracyChart(title: string, { runs }: ConvResult): Promise<string> {
  return lineChart({
    title: `Accuracy per round: ${title}`,
    series: runs.map(({ seed, rounds }) => ({
      label: `seed ${seed}`,
      y: rounds.map(({ accuracy }) => accuracy),
    })),
    x: { label: 'round' },
    y: { label: 'accuracy', percent: true },
    width: 560,
  });
}

/** One row of filters per round. */
async function filterGrid(backend: Backend, snapshots: readonly TransformSnapshot[]): Promise<string> {
  const columns = 9;
  const pictures: Picture[] = [];
  for (const snapshot of snapshots) {
    const { filters } = await patchFilters(backend, snapshot, columns);
    for (const [index, { data, height, width, channels, share }] of filters.entries()) {
      const label =
        index === 0
          ? `round ${snapshot.iteration}: ${(100 * share).toFixed(0)} %`
          : `${(100 * share).toFixed(1)} %`;
      pictures.push({ data, height, width, channels, label });
    }
  }
  return imageGrid({ title: 'Filters of each round', pictures, columns, ramp: 'diverging', width: 900 });
}

/** Some images of the star task, and what the model makes of them. */
function starAttention(snapshot: TransformSnapshot): string {
  const { data, shape } = starImages(6, 77);
  const [count, height, width, channels] = shape;
  const pixels = height * width * channels;
  const views = Array.from({ length: count }, (_, i) => {
    const image = { data: data.subarray(i * pixels, (i + 1) * pixels), height, width, channels };
    return { image, ...attentionPictures(snapshot, image) };
  });
  const brightest = Math.max(...views.flatMap(({ strength }) => Array.from(strength.data)));
  const pictures: Picture[] = [
    ...views.map(({ image }): Picture => image),
    // On one scale: pictures of one channel are stretched each by itself.
    ...views.map(
      ({ strength }): Picture => ({ ...grey(strength.data, brightest), height, width, channels: 3 }),
    ),
    ...views.map(({ seen }): Picture => seen),
  ];
  return imageGrid({
    title: 'The star task: images, where the model looks, what it sees',
    pictures,
    columns: count,
    width: 900,
  });
}

/** Grey values as colours, white being `brightest`; one pixel each is set aside to fix the scale. */
function grey(data: Float64Array, brightest: number): { readonly data: Float64Array } {
  const colours = Float64Array.from(
    { length: 3 * data.length },
    (_, at) => (data[Math.floor(at / 3)] as number) / brightest,
  );
  colours[0] = 0;
  colours[colours.length - 1] = 1;
  return { data: colours };
}
