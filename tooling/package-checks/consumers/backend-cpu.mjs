import assert from 'node:assert/strict';
import { createCpuBackend } from '@agop/backend-cpu';
import { AgopError } from '@agop/core';

const backend = await createCpuBackend();
const n = 300;
const data = Array.from({ length: n * n }, (_, i) => Math.sin(i));
const a = backend.tensor(data, [n, n], 'float64');
const product = backend.matmul(a, a, { transposeB: true });
const expected = data.slice(0, n).reduce((sum, value) => sum + value * value, 0);
assert.ok(Math.abs((await product.read())[0] - expected) < 1e-10);

// @agop/backend-tfjs is an optional peer, and not installed here: a typed error says so.
await assert.rejects(
  createCpuBackend({ engine: 'tfjs-wasm' }),
  (error) =>
    AgopError.isInstance(error) &&
    error.code === 'UNAVAILABLE' &&
    /npm install @agop\/backend-tfjs/.test(error.message),
);
// Without dispose(): a program that forgets it still ends.
