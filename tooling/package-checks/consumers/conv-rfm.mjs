import assert from 'node:assert/strict';
import { ConvRFMClassifier, convolutionalNtk, imageKernelCost } from '@agop/conv-rfm';
import { createNaiveBackend } from '@agop/core/naive';

// A bright pixel in the left or in the right half of small images.
const count = 24;
const data = new Float32Array(count * 36);
const labels = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'left' : 'right'));
labels.forEach((label, i) => {
  data[i * 36 + (i % 6) * 6 + (label === 'left' ? i % 3 : 3 + (i % 3))] = 1;
});
const images = { data, shape: [count, 6, 6] };

const backend = createNaiveBackend();
const kernel = convolutionalNtk({ depth: 2 });
const model = new ConvRFMClassifier({ backend, kernel, iterations: 1 });
await model.fit(images, labels);
assert.deepEqual(await model.predict(images), labels);
const loaded = await ConvRFMClassifier.load(await model.toBytes(), { backend });
assert.deepEqual(await loaded.predict(images), labels);
const size = { height: 6, width: 6, channels: 1 };
assert.ok(imageKernelCost(backend, kernel, { size, left: count, dtype: 'float32' }).bytes > 0);
