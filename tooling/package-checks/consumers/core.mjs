import assert from 'node:assert/strict';
import { Scope } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';

const backend = createNaiveBackend();
const scope = new Scope(backend);
const a = scope.ops.tensor([1, 2, 3, 4], [2, 2], 'float64');
assert.deepEqual([...(await scope.ops.gram(a).read())], [5, 11, 11, 25]);
scope[Symbol.dispose]();
assert.equal(backend.memory().tensors, 0);
