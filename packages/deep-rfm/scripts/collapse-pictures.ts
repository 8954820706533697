import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { centeredCosines, type DeepRFM, rowsByClass } from '@agop/deep-rfm';
import { imageGrid, lineChart, type Series } from '@agop/report';
import type { LabelledRows } from './collapse-data.ts';
import { experiments, type LayerNumbers, type RunResult, type Stages } from './collapse-runs.ts';

/** Layers whose Gram matrices are drawn; 0 is the input. */
const pictured = [0, 1, 2, 3, 4, 6, 8, 10];

const stages = [
  { key: 'input', label: 'X' },
  { key: 'projected', label: 'X √M' },
  { key: 'features', label: 'Φ(X √M)' },
] as const satisfies readonly { key: keyof Stages; label: string }[];

/** Draws how the Gram matrix of some training rows, ordered by class, changes over depth. */
export async function drawGrams(
  model: DeepRFM<number>,
  { x, y }: LabelledRows,
  name: string,
  out: string,
): Promise<void> {
  const rows = rowsByClass(y, model.classes, { perClass: 10 });
  const width = x.shape[1] as number;
  const data = Float64Array.from(
    { length: rows.length * width },
    (_, at) => x.data[(rows[Math.floor(at / width)] as number) * width + (at % width)] as number,
  );
  const pictures = [];
  for (const layer of pictured.filter((one) => one <= model.depth)) {
    const { data: cosines } = await centeredCosines(
      await model.transform({ data, shape: [rows.length, width] }, layer),
    );
    const label = layer === 0 ? 'input' : `layer ${layer}`;
    pictures.push({ data: cosines, height: rows.length, width: rows.length, label });
  }
  const title = `Gram matrices on ${name}`;
  save(out, `gram-${name}`, imageGrid({ title, pictures, columns: 4, ramp: 'diverging', domain: [-1, 1] }));
}

/** Draws the curves of all experiments that have been run. */
export async function drawRuns(runs: readonly RunResult[], out: string): Promise<void> {
  for (const { name } of experiments) {
    const own = runs.filter(({ experiment }) => experiment === name);
    if (own.length === 0) continue;
    for (const rows of ['train', 'heldOut'] as const) {
      for (const metric of ['nc1', 'nc2'] as const) {
        const svg = await lineChart({
          title: `${metric.toUpperCase()} on ${name}, ${rows === 'train' ? 'training' : 'held-out'} rows`,
          series: stageSeries(own, (layer) => layer[rows][metric]),
          x: { label: 'layer' },
          y: { label: metric.toUpperCase(), log: true },
        });
        save(out, `${metric}-${rows === 'train' ? 'train' : 'held-out'}-${name}`, svg);
      }
    }
    save(out, `accuracy-${name}`, await accuracyChart(own, name));
  }
}

type Layer = RunResult['layers'][number];

/** One series for each stage: the curves of all seeds, with gaps between them. */
function stageSeries(runs: readonly RunResult[], of: (layer: Layer) => LayerNumbers['nc1']): Series[] {
  return stages.map(({ key, label }) =>
    joined(
      label,
      1,
      runs.map(({ layers }) => layers.map((layer) => of(layer)[key])),
    ),
  );
}

function accuracyChart(runs: readonly RunResult[], name: string): Promise<string> {
  const curves = runs.map(({ input, layers }) => [
    input.heldOut ?? Number.NaN,
    ...layers.map(({ heldOut }) => heldOut.accuracy),
  ]);
  return lineChart({
    title: `Held-out accuracy on ${name}`,
    series: [joined('held out', 0, curves)],
    x: { label: 'layer (0: input)' },
    y: { label: 'accuracy', percent: true },
  });
}

/** Several curves over the same places as one series: a value that is not a number leaves a gap. */
function joined(label: string, first: number, curves: readonly (readonly number[])[]): Series {
  return {
    label,
    x: curves.flatMap((curve) => [...curve.map((_, i) => first + i), first]),
    y: curves.flatMap((curve) => [...curve, Number.NaN]),
  };
}

function save(out: string, name: string, svg: string): void {
  mkdirSync(join(out, 'deep-rfm'), { recursive: true });
  writeFileSync(join(out, 'deep-rfm', `${name}.svg`), svg);
}
