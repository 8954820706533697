// Predicts the progress of a disease, a number, from ten columns of a table, and says which of them matter.
//
//   node -C @agop/source examples/regression.ts
import { createCpuBackend } from '@agop/backend-cpu';
import { splitRows, TablePreprocessor, takeRows } from '@agop/data';
import { locateDataset, readTableFile } from '@agop/data/node';
import { laplace, RFMRegressor } from '@agop/rfm';

const table = await readTableFile(locateDataset('diabetes') ?? 'diabetes.csv.gz');
const rows = splitRows(table.rows, { fraction: 0.25, seed: 1 });
const [train, test] = [takeRows(table, rows.train), takeRows(table, rows.test)];

// Scales and categories are learned from the training rows alone.
const preprocessor = TablePreprocessor.fit(train, { target: 'progression' });

using backend = await createCpuBackend();
using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 10 }), ridge: 0.1 });
await model.fit(preprocessor.transform(train), preprocessor.targets(train), { validation: 0.2 });

const score = await model.score(preprocessor.transform(test), preprocessor.targets(test));
console.log(`R² ${score.toFixed(3)} on ${test.rows} rows that were held out`);
// The diagonal of the metric follows what the fit interpolates, noise included. What predictions of new rows
// rest on is told by how far R² drops where a column is shuffled among them.
const groups = preprocessor.blocks.map(({ start, length }) => Array.from({ length }, (_, j) => start + j));
const { mean, deviation } = await model.permutationImportances(
  preprocessor.transform(test),
  preprocessor.targets(test),
  { groups },
);
const importances = preprocessor.columnImportances(await model.featureImportances());
const drops = new Map(preprocessor.blocks.map(({ column }, i) => [column, [mean[i], deviation[i]]]));
for (const { column, importance } of importances
  .toSorted((a, b) => b.importance - a.importance)
  .slice(0, 3)) {
  const [drop = 0, spread = 0] = drops.get(column) ?? [];
  const share = `${(100 * importance).toFixed(0)} % of the metric`;
  console.log(`${column.padEnd(4)} ${share}, R² drops by ${drop.toFixed(3)} ± ${spread.toFixed(3)}`);
}
