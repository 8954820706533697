import assert from 'node:assert/strict';
import { conformanceCases, defineCase, lifecycleCases } from '@agop/conformance';
import { createNaiveBackend } from '@agop/core/naive';

const backend = createNaiveBackend();
await conformanceCases[0].run(backend);
await lifecycleCases[0].run(createNaiveBackend);

const wrong = defineCase('own', 'one is two', async (t) => {
  await t.equal('one', t.ops.full([1, 1], 1, t.dtype), [1, 1], [2]);
});
await assert.rejects(wrong.run(backend), { name: 'ConformanceFailure' });
backend.dispose();
