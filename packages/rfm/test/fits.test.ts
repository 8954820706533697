import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { afterAll, expect, test } from 'vitest';
import { defaultSolver } from '../src/solvers/default-solver.ts';

const naive = createNaiveBackend();
afterAll(() => naive.dispose());

function withMemory(memory: Backend['device']['memory']): Backend {
  return { ...naive, device: { ...naive.device, memory } };
}

test.each([
  [{ space: 'device' }, 1e5, false],
  [{ space: 'device', limit: 4e6 }, 1000, false],
  [{ space: 'device', limit: 4e6 }, 1001, true],
  [{ space: 'device', tensorLimit: 4e6 }, 1000, false],
  [{ space: 'device', tensorLimit: 4e6 }, 1001, true],
  [{ space: 'device', limit: 1e9, tensorLimit: 4e6 }, 1001, true],
] as const)('with %o a kernel matrix of order %d is done without: %s', (memory, order, expected) => {
  expect(defaultSolver().isImplicit?.(withMemory(memory), order, 'float32')).toBe(expected);
});
