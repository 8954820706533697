import assert from 'node:assert/strict';
import { createTfjsBackend } from '@agop/backend-tfjs';
import { createTfjsNodeGpuBackend } from '@agop/backend-tfjs/node-gpu';
import { createTfjsWasmBackend } from '@agop/backend-tfjs/wasm';

// TensorFlow.js is an optional peer, and not installed here: a typed error says so.
for (const create of [
  () => createTfjsBackend({ backendName: 'cpu' }),
  createTfjsWasmBackend,
  createTfjsNodeGpuBackend,
]) {
  await assert.rejects(create, { code: 'UNAVAILABLE', message: /npm install @tensorflow/ });
}
