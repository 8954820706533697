import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { collapseMetrics, DeepRFM, randomRelu } from '@agop/deep-rfm';

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
const y = x.map(([first]) => (first > 0 ? 'yes' : 'no'));
const model = new DeepRFM({ backend: createNaiveBackend(), depth: 2, featureMap: randomRelu({ width: 16 }) });
await model.fit(x, y);
assert.deepEqual(await model.predict(x), y);
const { nc1 } = await collapseMetrics(await model.transform(x, 2, { stage: 'projected' }), y);
assert.ok(nc1.ratio < model.layers[0].train.input.nc1.ratio);
