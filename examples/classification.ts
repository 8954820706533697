// Reads handwritten digits, saves the model, and predicts with the file as another program would.
//
//   node -C @agop/source examples/classification.ts
import { createCpuBackend } from '@agop/backend-cpu';
import { splitRows, TablePreprocessor, takeRows } from '@agop/data';
import { locateDataset, readTableFile } from '@agop/data/node';
import { laplace, RFMClassifier } from '@agop/rfm';

const table = await readTableFile(locateDataset('digits') ?? 'digits.csv.gz');
const all = TablePreprocessor.fit(table, { target: 'class', task: 'classification' });
const rows = splitRows(table.rows, { fraction: 0.25, seed: 1, stratify: all.labels(table) });
const [train, test] = [takeRows(table, rows.train), takeRows(table, rows.test)];
const preprocessor = TablePreprocessor.fit(train, { target: 'class', task: 'classification' });

using backend = await createCpuBackend();
using model = new RFMClassifier({ backend, kernel: laplace({ bandwidth: 10 }), iterations: 3 });
await model.fit(preprocessor.transform(train), preprocessor.labels(train));
const file = await model.toBytes(); // or save(path)

using loaded = await RFMClassifier.load(file, { backend });
const x = preprocessor.transform(test);
const accuracy = await loaded.score(x, preprocessor.labels(test));
console.log(
  `accuracy ${(100 * accuracy).toFixed(1)} % on ${test.rows} images, model of ${file.length} bytes`,
);
const [digit, probabilities] = [(await loaded.predict(x))[0], await loaded.predictProba(x)];
console.log(`the first is a ${digit}, by ${(100 * Math.max(...probabilities.subarray(0, 10))).toFixed(0)} %`);
