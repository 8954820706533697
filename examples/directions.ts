// Nine directions out of 64 columns, and a model on them: the directions are found first, and the model never
// sees the columns.
//
//   node -C @agop/source examples/directions.ts
import { createCpuBackend } from '@agop/backend-cpu';
import { splitRows, TablePreprocessor, takeRows } from '@agop/data';
import { locateDataset, readTableFile } from '@agop/data/node';
import { laplace, RFMClassifier } from '@agop/rfm';
import { CentralSubspaceClassifier } from '@agop/subspace';

const table = await readTableFile(locateDataset('digits') ?? 'digits.csv.gz');
const rows = splitRows(table.rows, { fraction: 0.25, seed: 1 });
const preprocessor = TablePreprocessor.fit(takeRows(table, rows.train), {
  target: 'class',
  task: 'classification',
});
const part = (chosen: Int32Array) => {
  const taken = takeRows(table, chosen);
  return { x: preprocessor.transform(taken), y: preprocessor.labels(taken) };
};
const [train, test] = [part(rows.train), part(rows.test)];

using backend = await createCpuBackend();
// Sliced inverse regression: classes are the slices.
using directions = new CentralSubspaceClassifier({ backend, method: 'sir', dimension: 9 });
await directions.fit(train.x, train.y);
const names = preprocessor.featureNames;
const { data, shape } = directions.loadings;
for (let k = 0; k < 3; k++) {
  const largest = names
    .map((name, i) => ({ name, loading: data[i * (shape[1] ?? 0) + k] ?? 0 }))
    .sort((a, b) => Math.abs(b.loading) - Math.abs(a.loading))
    .slice(0, 3);
  const list = largest.map(({ name, loading }) => `${name} ${loading.toFixed(2)}`).join(', ');
  console.log(`direction ${k + 1}: ${list}, …`);
}

using model = new RFMClassifier({ backend, kernel: laplace({ bandwidth: 4 }), iterations: 0 });
await model.fit(await directions.transform(train.x), train.y);
const accuracy = await model.score(await directions.transform(test.x), test.y);
console.log(`${(100 * accuracy).toFixed(1)} % of digits right from ${directions.dimension} of 64 directions`);
