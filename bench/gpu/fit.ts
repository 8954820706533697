import { type Backend, bytesPerElement, type FloatDType, input, type Tensor } from '@agop/core';
import {
  fitKernelMachine,
  identityMetric,
  kernelMatrix,
  laplace,
  presets,
  recursiveFeatureMachine,
} from '@agop/rfm';

/** The problem that both programs fit: normal points, one target that depends on two features. */
export interface Problem {
  readonly n: number;
  readonly d: number;
  readonly dtype: FloatDType;
  /** Metric updates; there is one fit more. */
  readonly updates: number;
}

const kernel = laplace({ bandwidth: 10 });
const ridge = 1e-3;

/** Points [n, d], and as target [n, 1] the product of their first two features. */
export function makeData(backend: Backend, { n, d, dtype }: Problem): { x: Tensor; y: Tensor } {
  const x = backend.random([n, d], 'normal', { seed: 1 }, dtype);
  using columns = backend.transpose(x);
  using a = backend.rows(columns, 0, 1);
  using b = backend.rows(columns, 1, 2);
  using product = backend.map(input('a').mul(input('b')), { a, b });
  return { x, y: backend.reshape(product, [n, 1]) };
}

/** A whole fit with its metric updates, as `presets.rfm2022` has it. */
export async function fitAll(backend: Backend, { updates }: Problem, x: Tensor, y: Tensor): Promise<void> {
  const options = { ...presets.rfm2022, backend, kernel, x, y, ridge, iterations: updates };
  for await (const step of recursiveFeatureMachine(options)) void step;
}

/** One step of a fit on its own, and the least that it has to do. */
export interface Step {
  readonly name: string;
  /** Floating-point operations of products and factorisations. */
  readonly flops: number;
  /** Bytes to and from the memory: matrices of all pairs, each once. */
  readonly bytes: number;
  run(): unknown;
}

/**
 * The steps of one fit, to be run in this order: the second works in the memory of the first. `dispose` frees
 * what they share.
 */
export async function steps(
  backend: Backend,
  { n, d, dtype }: Problem,
  x: Tensor,
  y: Tensor,
): Promise<{ steps: Step[]; dispose(): void }> {
  const machine = await fitKernelMachine({ backend, kernel, x, y, ridge });
  const k = backend.full([n, n], 0, dtype);
  const matrix = n * n * bytesPerElement(dtype);
  const list: Step[] = [
    {
      name: 'kernel matrix',
      flops: n * n * d,
      bytes: matrix,
      run: () => kernelMatrix(backend, kernel, x, x, identityMetric, { out: k }),
    },
    {
      name: 'Cholesky',
      flops: n ** 3 / 3,
      bytes: matrix,
      run: () => backend.cholesky(k, { ridge, overwrite: true }),
    },
    {
      name: 'two triangular solves',
      flops: 2 * n * n,
      bytes: matrix,
      run() {
        using half = backend.solveTriangular(k, y);
        backend.solveTriangular(k, half, { transpose: true }).dispose();
      },
    },
    { name: 'AGOP', flops: 4 * n * n * d, bytes: 0, run: () => machine.agop(x).dispose() },
  ];
  return {
    steps: list,
    dispose() {
      machine.dispose();
      k.dispose();
    },
  };
}
