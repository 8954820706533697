import { createCpuBackend } from '@agop/backend-cpu';
import { DeepRFM, randomRelu } from '@agop/deep-rfm';
import { expect, test } from 'vitest';
import { clouds } from './data.ts';

const [rows, width, classes] = [300, 16, 3];
const { x, y } = clouds(rows, 8, classes, 0.4);

/** Bytes of one layer's rows. */
const features = 8 * rows * width;
/** Bytes that a further layer leaves: projection, random weights, coefficients. */
const left = 8 * (2 * width * width + rows * classes);

async function peak(depth: number, keepFeatures: boolean): Promise<{ peak: number; after: number }> {
  using backend = await createCpuBackend({ threads: 2 });
  const featureMap = randomRelu({ width });
  using model = new DeepRFM({ backend, depth, ridge: 0.01, featureMap, keepFeatures });
  await model.fit(x, y);
  const { peakBytes, bytes } = backend.memory();
  return { peak: peakBytes, after: bytes };
}

test('the rows of one layer are freed when the next is made', async () => {
  // From three layers on, the peak is in a layer with one of the same width before it and one after it.
  const [few, many] = [await peak(3, false), await peak(9, false)];
  expect(many.after - few.after).toBe(6 * left);
  expect(many.peak - few.peak).toBe(6 * left);
});

test('they are kept when asked', async () => {
  const [lean, keeping] = [await peak(5, false), await peak(5, true)];
  // Of the five layers, the last one is kept anyway; the input has 8 columns.
  expect(keeping.after - lean.after).toBe(4 * features + 8 * rows * 8);
});
