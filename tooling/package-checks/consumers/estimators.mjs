import assert from 'node:assert/strict';
import { AgopError } from '@agop/core';
import { decodeSafetensors, encodeSafetensors, toHostMatrix, toTfTensor } from '@agop/estimators';

const matrix = await toHostMatrix(
  [
    [1, 2],
    [3, 4],
  ],
  'X',
);
assert.deepEqual([matrix.rows, matrix.columns], [2, 2]);

const bytes = encodeSafetensors({ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } });
assert.deepEqual([...decodeSafetensors(bytes).tensors.x.data], [1, 2]);

// tfjs is an optional peer, and not installed here: a typed error says so.
await assert.rejects(
  toTfTensor([1], [1]),
  (error) => AgopError.isInstance(error) && error.code === 'UNAVAILABLE',
);
