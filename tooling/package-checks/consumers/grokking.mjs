import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { findOperation, modularTask, runGrokking } from '@agop/grokking';

assert.ok(
  [createNaiveBackend, findOperation, modularTask, runGrokking].every((f) => typeof f === 'function'),
);
