import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, input, NotPositiveDefiniteError, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  choleskySolver,
  gaussian,
  laplace,
  quadratic,
  RFMRegressor,
  recursiveFeatureMachine,
  refinedCholeskySolver,
  solveForRidges,
} from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largest, normal, normalTensor, worst } from './data.ts';

const [n, outputs] = [800, 2];

describe('refined Cholesky', () => {
  let backend: Backend;
  let vectors: Tensor;
  let y: Tensor;

  beforeAll(async () => {
    backend = await createCpuBackend();
    using square = normalTensor(backend, n, n, 1);
    using symmetric = backend.gram(square);
    const decomposition = await backend.eigh(symmetric);
    decomposition.values.dispose();
    vectors = decomposition.vectors;
    y = normalTensor(backend, n, outputs, 2);
  });
  afterAll(() => backend.dispose());

  /** A symmetric matrix with eigenvalues from 1 / condition to 1, evenly spread in their logarithms. */
  const matrixOf = (condition: number): Tensor => {
    const values = Float64Array.from({ length: n }, (_, i) => condition ** (-i / (n - 1)));
    using row = backend.tensor(values, [1, n], 'float64');
    using scaled = backend.map(input('v').mul(input('s').sqrt()), { v: vectors, s: row });
    return backend.gram(scaled);
  };

  /** ‖y - (K + λ I) x‖ / (ε ‖K‖ ‖x‖), Frobenius norms. */
  const residual = async (matrix: Tensor, x: Tensor, ridge: number): Promise<number> => {
    using product = backend.matmul(matrix, x);
    using r = backend.map(
      input('y')
        .sub(input('p'))
        .sub(input('x').mul(input('ridge'))),
      {
        y,
        p: product,
        x,
        ridge,
      },
    );
    const norms = await Promise.all(
      [r, matrix, x].map(async (tensor) => {
        using norm = backend.norm(tensor, 'all');
        return (await norm.read())[0] as number;
      }),
    );
    const [ofResidual, ofMatrix, ofX] = norms as [number, number, number];
    return ofResidual / (Number.EPSILON * ofMatrix * ofX);
  };

  test.each([
    [1e1, 0],
    [1e4, 0],
    [1e6, 0],
    [1e4, 1e-3],
    // Beyond float32: solved in float64.
    [1e8, 0],
    [1e11, 0],
    [1e14, 0],
    [1e14, 1e-3],
  ])('condition %f, ridge %f: the residual is that of a direct solution', async (condition, ridge) => {
    using matrix = matrixOf(condition);
    const solve = async (solver: typeof choleskySolver): Promise<number> => {
      using copy = backend.clone(matrix);
      using x = await solver.solve(backend, { matrix: copy, targets: y, ridge });
      return await residual(matrix, x, ridge);
    };
    const before = backend.memory();
    const refined = await solve(refinedCholeskySolver());
    const direct = await solve(choleskySolver);
    expect(refined).toBeLessThan(Math.max(1.5, 2 * direct));
    expect(backend.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
  });

  test.each([1e25, 1e-25, 1e60])(
    'a matrix of size %f, beyond the range of float32, is solved',
    async (size) => {
      using matrix = matrixOf(100);
      using scaled = backend.map(input('k').mul(size), { k: matrix });
      using copy = backend.clone(scaled);
      using x = await refinedCholeskySolver().solve(backend, { matrix: copy, targets: y, ridge: 0 });
      expect(await residual(scaled, x, 0)).toBeLessThan(1.5);
    },
  );

  /** A backend that counts factorisations by dtype. */
  const counting = () => {
    const counts = { float32: 0, float64: 0 };
    const counter = new Proxy(backend, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return (...args: readonly unknown[]) => {
          const { dtype } = (args[0] ?? {}) as { dtype?: string };
          if (key === 'cholesky') counts.float32 += 1;
          if (key === 'solvePositiveDefinite' && dtype === 'float64') counts.float64 += 1;
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
    return { counts, counter };
  };

  test('factors in float32 where that does, and gives up for good where it does not', async () => {
    const { counts, counter } = counting();
    const solver = refinedCholeskySolver();
    for (const [condition, expected] of [
      [1e4, { float32: 1, float64: 0 }],
      [1e5, { float32: 2, float64: 0 }],
      [1e12, { float32: 3, float64: 1 }],
      [1e4, { float32: 3, float64: 2 }],
    ] as const) {
      using matrix = matrixOf(condition);
      (await solver.solve(counter, { matrix, targets: y, ridge: 0 })).dispose();
      expect(counts).toEqual(expected);
    }
  });

  test('leaves float32, small systems and many outputs to the direct solution', async () => {
    const { counts, counter } = counting();
    using matrix = matrixOf(10);
    using wide = normalTensor(backend, n, 5, 3);
    (await refinedCholeskySolver().solve(counter, { matrix, targets: wide, ridge: 0 })).dispose();
    expect(counts).toEqual({ float32: 0, float64: 1 });
    using small = backend.identity(767, 'float64');
    using right = normalTensor(backend, 767, 1, 3);
    (await refinedCholeskySolver().solve(counter, { matrix: small, targets: right, ridge: 0 })).dispose();
    expect(counts).toEqual({ float32: 0, float64: 2 });
    using matrix32 = backend.identity(n, 'float32');
    using y32 = backend.cast(y, 'float32');
    (await refinedCholeskySolver().solve(counter, { matrix: matrix32, targets: y32, ridge: 0 })).dispose();
    expect(counts.float32).toBe(0);
  });

  test('an output of zeros has coefficients of zero', async () => {
    using matrix = matrixOf(1e3);
    const targets = normal(n, outputs, 5).map((value, i) => (i % 2 === 0 ? 0 : value));
    using right = backend.tensor(targets, [n, outputs], 'float64');
    using x = await refinedCholeskySolver().solve(backend, { matrix, targets: right, ridge: 0 });
    expect((await x.read()).filter((_, i) => i % 2 === 0).every((value) => value === 0)).toBe(true);
  });

  test('what is not positive definite is an error with the pivot of float64', async () => {
    using matrix = backend.full([n, n], 1, 'float64');
    const before = backend.memory();
    const failure = refinedCholeskySolver().solve(backend, { matrix, targets: y, ridge: 0 });
    await expect(failure).rejects.toThrow(NotPositiveDefiniteError);
    expect(backend.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
  });

  test.each([laplace({ bandwidth: 5 }), gaussian({ bandwidth: 20 })])(
    'an RFM has the metrics of direct solutions: $name',
    async (kernel) => {
      const d = 8;
      using x = normalTensor(backend, n, d, 7);
      using first = backend.tensor(
        normal(n, d, 7).filter((_, i) => i % d === 0),
        [n, 1],
        'float64',
      );
      const metrics = async (solver?: typeof choleskySolver): Promise<ArrayLike<number>> => {
        const options = {
          backend,
          kernel,
          x,
          y: first,
          iterations: 3,
          ridge: 1e-3,
          ...(solver && { solver }),
        };
        let last: ArrayLike<number> = [];
        for await (const step of recursiveFeatureMachine(options)) last = await (await step.agop()).read();
        return last;
      };
      const [refined, direct] = [await metrics(), await metrics(choleskySolver)];
      expect(worst(refined, direct)).toBeLessThan(1e-8 * largest(direct));
    },
  );
});

describe('several ridges on one matrix', () => {
  const system = (backend: Backend) => ({
    matrix: backend.tensor([1, 1, 1, 1], [2, 2], 'float64'),
    targets: backend.tensor([1, 2], [2, 1], 'float64'),
  });

  test('have their coefficients in order; what is not positive definite is left out', async () => {
    using backend = await createCpuBackend();
    const { matrix, targets } = system(backend);
    const { solved, failed } = await solveForRidges(backend, choleskySolver, { matrix, targets }, [1, 0, 2]);
    expect(solved.map(({ ridge }) => ridge)).toEqual([1, 2]);
    expect(failed.map(({ ridge, error }) => [ridge, error.code])).toEqual([[0, 'NOT_POSITIVE_DEFINITE']]);
    // ((1 + λ)² - 1) α = (1 + λ) y_i - y_j
    for (const { ridge, coefficients } of solved) {
      const size = (1 + ridge) ** 2 - 1;
      const expected = [(1 + ridge - 2) / size, (2 * (1 + ridge) - 1) / size];
      expect(worst(await coefficients.read(), expected)).toBeLessThan(1e-15);
      coefficients.dispose();
    }
    matrix.dispose();
    targets.dispose();
    expect(backend.memory().tensors).toBe(0);
  });

  test('fail where none can be solved', async () => {
    using backend = await createCpuBackend();
    const { matrix, targets } = system(backend);
    await expect(
      solveForRidges(backend, refinedCholeskySolver(), { matrix, targets }, [0, 0]),
    ).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot: 1 });
    matrix.dispose();
    targets.dispose();
    expect(backend.memory().tensors).toBe(0);
  });
});

describe('solutions that leave the range of numbers', () => {
  test.each([
    ['float32', 1e-39],
    ['float64', 1e-310],
  ] as const)('a kernel of zeros in %s and the ridge %f: the matrix is singular', async (dtype, ridge) => {
    using backend = createNaiveBackend();
    using matrix = backend.full([2, 2], 0, dtype);
    using targets = backend.tensor([1, -1], [2, 1], dtype);
    const solving = solveForRidges(backend, choleskySolver, { matrix, targets }, [ridge]);
    await expect(solving).rejects.toThrow(NotPositiveDefiniteError);
    expect(backend.memory().tensors).toBe(2);
  });

  test('in float32 a fit goes on in float64', async () => {
    using backend = createNaiveBackend();
    using model = new RFMRegressor({
      ...{ backend, kernel: quadratic({ scale: 1 }), iterations: 0, ridge: 1e-39, dtype: 'float32' },
    });
    await model.fit([[0], [0]], [1, 3]);
    // Two equal rows, whose targets are not: one prediction for both.
    expect(model.warnings.map(({ code }) => code)).toEqual(['float64', 'constant']);
    expect([...(await model.predict([[0], [0]]))]).toEqual([2, 2]);
  });
});
