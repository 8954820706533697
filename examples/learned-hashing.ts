// Search that follows a task: bits by hyperplanes drawn in the metric that an RFM has learned, against plain
// ones. Of 20 features only the first two decide.
//
//   node -C @agop/source examples/learned-hashing.ts
import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { Hyperplanes, RobustHashForest } from '@agop/hashing';
import { laplace, RFMClassifier } from '@agop/rfm';

const columns = 20;
const sample = (rows: number, seed: number) => {
  const data = randomArray(rows * columns, 'normal', { seed }, 'float64');
  const y = Array.from({ length: rows }, (_, i) =>
    (data[i * columns] as number) * (data[i * columns + 1] as number) > 0 ? 'same sign' : 'other sign',
  );
  return { x: { data, shape: [rows, columns] as const }, y };
};
const [stored, asked] = [sample(600, 1), sample(300, 2)];

using backend = await createCpuBackend();
using model = new RFMClassifier({ backend, kernel: laplace({ bandwidth: 10 }), iterations: 3 });
await model.fit(stored.x, stored.y);

for (const metric of [undefined, await model.metric()]) {
  const planes = await Hyperplanes.draw(stored.x, { bits: 256, ...(metric && { metric }) });
  const forest = await new RobustHashForest({ radius: 12, trees: 8, rounds: 20 }).fit(
    await planes.toBits(stored.x),
  );
  const { indices } = forest.query(await planes.toBits(asked.x));
  const hits = asked.y.filter((label, i) => stored.y[indices[i] as number] === label).length;
  const name = metric ? 'the learned metric' : 'plain hyperplanes';
  console.log(`${name}: the neighbor has the label of the query in ${((100 * hits) / 300).toFixed(0)} %`);
}
