import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, OptionError, type Tensor } from '@agop/core';
import {
  choleskySolver,
  conjugateGradientSolver,
  fitKernelMachine,
  gaussian,
  type Kernel,
  type KernelMachine,
  laplace,
  lpq,
  RFMRegressor,
  type Solver,
} from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largest, normal, normalTensor, productTarget, worst } from './data.ts';

const [n, d, outputs] = [700, 6, 3];
const exactly = conjugateGradientSolver({ tolerance: 1e-11 });

describe('conjugate gradients', () => {
  let backend: Backend;
  let x: Tensor;
  let y: Tensor;
  beforeAll(async () => {
    backend = await createCpuBackend({ threads: 2 });
    x = normalTensor(backend, n, d, 1);
    y = normalTensor(backend, n, outputs, 2);
  });
  afterAll(() => backend.dispose());

  const fit = (
    solver: Solver,
    kernel: Kernel = laplace({ bandwidth: 3 }),
    more = {},
  ): Promise<KernelMachine> => fitKernelMachine({ backend, kernel, x, y, ridge: 1e-2, solver, ...more });

  /** The largest difference of coefficients, in units of the largest of them. */
  const difference = async (a: KernelMachine, b: KernelMachine): Promise<number> => {
    const [left, right] = [await a.coefficients.read(), await b.coefficients.read()];
    return worst(left, right) / largest(right);
  };

  test.each([
    ['laplace', laplace({ bandwidth: 3 }), n],
    ['gaussian', gaussian({ bandwidth: 2 }), n],
    ['lpq', lpq({ bandwidth: 3, p: 1.3, q: 1 }), 100],
  ] as const)('have the coefficients of Cholesky with kernel %s', async (_, kernel, count) => {
    using some = backend.rows(x, 0, count);
    using targets = backend.rows(y, 0, count);
    using direct = await fit(choleskySolver, kernel, { x: some, y: targets });
    using iterative = await fit(exactly, kernel, { x: some, y: targets });
    expect(await difference(iterative, direct)).toBeLessThan(1e-8);
  });

  test('with pivoted rows, and with few of them', async () => {
    using direct = await fit(choleskySolver);
    for (const options of [
      { landmarks: 'pivoted' },
      { landmarks: 'pivoted', rank: 300 },
      { rank: 5 },
    ] as const) {
      using iterative = await fit(conjugateGradientSolver({ tolerance: 1e-11, ...options }));
      expect(await difference(iterative, direct)).toBeLessThan(1e-8);
    }
  });

  test('with weights of rows', async () => {
    const weights = Array.from({ length: n }, (_, row) => 1 + (row % 5));
    using direct = await fit(choleskySolver, undefined, { weights });
    using iterative = await fit(exactly, undefined, { weights });
    expect(await difference(iterative, direct)).toBeLessThan(1e-8);
  });

  test('the preconditioner saves passes, and pivots do where points lie in clusters', async () => {
    const passes = async (options: object, points: Tensor): Promise<number> => {
      let count = 0;
      const stop = (progress: { readonly iteration: number }): boolean => {
        count = progress.iteration;
        return false;
      };
      const solver = conjugateGradientSolver({ tolerance: 1e-5, ...options, stop });
      const parts = { backend, kernel: gaussian({ bandwidth: 2 }), x: points, y, ridge: 0.1 };
      using _ = await fitKernelMachine({ ...parts, solver });
      return count;
    };
    expect(await passes({ rank: 300 }, x)).toBeLessThan(0.4 * (await passes({ rank: 1 }, x)));
    // Nine tenths of the points in one place, the others far apart.
    const data = normal(n, d, 5).map((value, i) => value * (i < 0.9 * n * d ? 0.01 : 2));
    using clusters = backend.tensor(data, [n, d], 'float64');
    const [random, pivoted] = [
      await passes({ rank: 90 }, clusters),
      await passes({ rank: 90, landmarks: 'pivoted' }, clusters),
    ];
    expect(pivoted).toBeLessThan(random);
  });

  test('the same seed gives the same bits', async () => {
    using first = await fit(conjugateGradientSolver({ seed: 3 }));
    using again = await fit(conjugateGradientSolver({ seed: 3 }));
    expect(await again.coefficients.read()).toEqual(await first.coefficients.read());
  });

  test('end where `stop` says so, and through the signal', async () => {
    let last = 0;
    using machine = await fit(
      conjugateGradientSolver({
        stop: async ({ iteration }) => {
          last = iteration;
          return iteration === 2;
        },
      }),
    );
    expect(last).toBe(2);
    expect(machine.coefficients.shape).toEqual([n, outputs]);
    const controller = new AbortController();
    const stop = (): boolean => {
      controller.abort();
      return false;
    };
    const aborted = fit(conjugateGradientSolver({ tolerance: 1e-14, stop }), undefined, {
      signal: controller.signal,
    });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('say how far they came where that is not enough', async () => {
    const before = backend.memory().tensors;
    const short = fit(conjugateGradientSolver({ tolerance: 1e-12, maxIterations: 3 }));
    await expect(short).rejects.toMatchObject({ code: 'NO_CONVERGENCE' });
    await expect(short).rejects.toThrow(/reached a relative residual of 0\.\d+ instead of 1e-12/);
    expect(backend.memory().tensors).toBe(before);
  });

  test('targets of 0 have coefficients of 0', async () => {
    using zeros = backend.full([n, 2], 0, 'float64');
    using machine = await fit(exactly, undefined, { y: zeros });
    expect((await machine.coefficients.read()).every((value) => value === 0)).toBe(true);
  });

  test.each([{ tolerance: 0 }, { maxIterations: 0 }, { rank: 1.5 }, { landmarks: 'best' }, { seed: -1 }])(
    '%o is refused',
    (options) => {
      expect(() => conjugateGradientSolver(options as object)).toThrow(OptionError);
    },
  );
});

describe('beyond memory', () => {
  test('a fit whose kernel matrix does not fit is learned without it', async () => {
    using backend = await createCpuBackend({ threads: 2, maximumBytes: 80 * 2 ** 20 });
    const rows = 4200;
    // 67 MiB in float32, beside the engine's own 28 MiB.
    const points = normal(rows, 8, 3);
    const x = { data: points, shape: [rows, 8] };
    const target = productTarget(points, 8);
    using model = new RFMRegressor({
      backend,
      dtype: 'float32',
      kernel: laplace({ bandwidth: 6 }),
      iterations: 1,
    });
    await model.fit(x, target);
    expect(backend.memory().peakBytes).toBeLessThan(rows * rows * 4);
    expect(await model.score(x, target)).toBeGreaterThan(0.95);
    const importances = await model.featureImportances();
    expect(importances[0]).toBeGreaterThan(5 * (importances[5] as number));
  });
});
