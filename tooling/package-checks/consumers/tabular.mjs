import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { TabularClassifier } from '@agop/tabular';

const x = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
const y = x.map(([first]) => (first > 0 ? 'yes' : 'no'));
const backend = createNaiveBackend();
const model = new TabularClassifier({ backend, trials: 1, judging: { kind: 'folds', folds: 3 } });
await model.fit(x, y);
assert.deepEqual([...(await model.predict(x))], y);
const again = await TabularClassifier.load(await model.toBytes(), { backend });
assert.deepEqual([...(await again.predictProba(x))], [...(await model.predictProba(x))]);
