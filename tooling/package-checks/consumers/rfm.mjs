import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { RFMClassifier } from '@agop/rfm';

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
const y = x.map(([first]) => (first > 0 ? 'yes' : 'no'));
const model = new RFMClassifier({ backend: createNaiveBackend(), iterations: 2 });
await model.fit(x, y);
assert.deepEqual([...(await model.predict(x))], y);
const importances = await model.featureImportances();
assert.equal(importances.indexOf(Math.max(...importances)), 0);
