import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, OptionError, type Tensor } from '@agop/core';
import { choleskySolver, eigenProSolver, fitKernelMachine, laplace, type Solver } from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largest, normalTensor, worst } from './data.ts';

const [n, d, outputs] = [300, 4, 2];

describe('EigenPro', () => {
  let backend: Backend;
  let x: Tensor;
  let y: Tensor;
  beforeAll(async () => {
    backend = await createCpuBackend({ threads: 2 });
    x = normalTensor(backend, n, d, 1);
    y = normalTensor(backend, n, outputs, 2);
  });
  afterAll(() => backend.dispose());

  const fit = (solver: Solver, weights?: readonly number[]) =>
    fitKernelMachine({ backend, kernel: laplace({ bandwidth: 3 }), x, y, ridge: 0.1, solver, weights });

  test.each([
    ['alike', undefined],
    ['weighted', Array.from({ length: n }, (_, row) => 1 + (row % 3))],
  ])('comes to the coefficients of Cholesky, rows %s', async (_, weights) => {
    using direct = await fit(choleskySolver, weights);
    using stepwise = await fit(eigenProSolver({ tolerance: 1e-5, epochs: 400 }), weights);
    const [left, right] = [await stepwise.coefficients.read(), await direct.coefficients.read()];
    expect(worst(left, right) / largest(right)).toBeLessThan(1e-3);
  });

  test('larger batches, by slowing down leading directions, take no more epochs', async () => {
    const epochs = async (directions: number): Promise<number> => {
      let count = 0;
      const stop = ({ iteration, residual }: { iteration: number; residual: number }): boolean => {
        count = iteration;
        return residual < 0.1;
      };
      using _ = await fit(eigenProSolver({ epochs: 400, rank: 200, directions, stop }));
      return count;
    };
    expect(await epochs(50)).toBeLessThanOrEqual(await epochs(1));
  });

  test('the same seed gives the same bits', async () => {
    const stop = ({ iteration }: { iteration: number }): boolean => iteration === 3;
    using first = await fit(eigenProSolver({ seed: 5, stop }));
    using again = await fit(eigenProSolver({ seed: 5, stop }));
    expect(await again.coefficients.read()).toEqual(await first.coefficients.read());
  });

  test('says how far it came where that is not enough, and leaves nothing behind', async () => {
    const before = backend.memory().tensors;
    await expect(fit(eigenProSolver({ tolerance: 1e-9, epochs: 2 }))).rejects.toMatchObject({
      code: 'NO_CONVERGENCE',
      message: expect.stringMatching(/a relative residual of 0\.\d+ instead of 1e-9 in at most 2 epochs/),
    });
    expect(backend.memory().tensors).toBe(before);
  });

  test.each([{ tolerance: -1 }, { epochs: 0 }, { rank: 1 }, { directions: 0 }, { seed: 0.5 }])(
    '%o is refused',
    (options) => {
      expect(() => eigenProSolver(options)).toThrow(OptionError);
    },
  );
});
