import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { CentralSubspace, methods, subspaceDistance } from '@agop/subspace';
import { rational } from '@agop/subspace/simulations';

const { x, y, truth } = rational(200, 1);
const backend = createNaiveBackend();
for (const method of ['sir', 'opg']) {
  assert.ok(method in methods);
  const model = new CentralSubspace({ backend, method, dimension: 2 });
  await model.fit({ data: x.data, shape: [x.rows, x.columns] }, y);
  const { spectral } = await subspaceDistance(model.basis, { data: truth.data, shape: [10, 2] });
  assert.ok(spectral < 0.9);
  const loaded = await CentralSubspace.load(await model.toBytes(), { backend });
  assert.deepEqual(loaded.loadings, model.loadings);
  loaded.dispose();
  model.dispose();
}
