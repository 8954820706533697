// Collapse of classes in orthogonal subspaces, layer by layer, and how much of it projections and feature
// maps do: the table of papers/deep-rfm.md.
//
//   pnpm reproduce:orthogonal
import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { DeepRFM, randomRelu } from '@agop/deep-rfm';
import { markdownTable } from '../page.ts';
import { program } from '../program.ts';

const [classes, perClass, dimensions] = [5, 60, 8];

/** Rows of class c are normal in dimensions 8 c to 8 c + 7, and 0 elsewhere. */
function orthogonalClasses(seed: number) {
  const columns = classes * dimensions;
  const data = new Float64Array(classes * perClass * columns);
  const noise = randomArray(classes * perClass * dimensions, 'normal', { seed }, 'float64');
  const labels = Array.from({ length: classes * perClass }, (_, i) => i % classes);
  labels.forEach((label, i) => {
    for (let j = 0; j < dimensions; j++) {
      data[i * columns + label * dimensions + j] = noise[i * dimensions + j] as number;
    }
  });
  return { x: { data, shape: [labels.length, columns] as const }, labels };
}

export default program({}, async () => {
  using backend = await createCpuBackend({ widenSimd: true });
  const rows: string[][] = [];
  for (const seed of [0, 1, 2]) {
    const train = orthogonalClasses(2 * seed);
    const held = orthogonalClasses(2 * seed + 1);
    const featureMap = randomRelu({ width: 512 });
    using model = new DeepRFM({ backend, depth: 6, seed, featureMap, standardization: false });
    await model.fit(train.x, train.labels, { validation: { x: held.x, y: held.labels } });
    for (const { layer, train: measures, heldOut } of model.layers) {
      const { input, projected, features, drop } = measures;
      rows.push([
        ...[seed, layer].map(String),
        ...[input, projected, features].map(({ nc1 }) => nc1.ratio.toPrecision(3)),
        ...[drop?.projection, drop?.map].map((part) => part?.toFixed(2) ?? ''),
        `${(100 * (heldOut?.accuracy ?? 0)).toFixed(1)} %`,
      ]);
    }
  }
  const stages = ['NC1 of X', 'NC1 of X √M', 'NC1 of Φ(X √M)', 'decades by √M', 'decades by Φ'];
  console.log(markdownTable(['seed', 'layer', ...stages, 'accuracy, held out'], rows));
});
