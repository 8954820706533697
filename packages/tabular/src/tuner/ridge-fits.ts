import { type Backend, floatDType, multiply, Scope, type Tensor } from '@agop/core';
import {
  type Kernel,
  KernelMachine,
  kernelMatrix,
  leaveOneOut,
  type Metric,
  type Solver,
  solveForRidges,
} from '@agop/rfm';

/** What all ridges of one metric are fitted to. The tensors stay the caller's. */
export interface RidgeSystem {
  readonly kernel: Kernel;
  readonly metric: Metric;
  /** Training points [n, d]. */
  readonly x: Tensor;
  /** Targets [n, outputs]. */
  readonly y: Tensor;
  readonly weights: ArrayLike<number> | undefined;
  readonly ridges: readonly number[];
  /** One for each ridge: a solver remembers whether float32 suffices for it. */
  readonly solvers: readonly Solver[];
}

/** Outputs of the fit with one ridge. */
export interface RidgeOutputs {
  readonly ridge: number;
  /** [rows, outputs], row-major. */
  readonly outputs: Float32Array<ArrayBuffer>;
}

/** Kernel ridge regressions with several ridges in one metric; owns their coefficients. */
export class RidgeFits {
  readonly #backend: Backend;
  readonly #system: RidgeSystem;
  readonly #solved: readonly { readonly ridge: number; readonly coefficients: Tensor }[];
  /** Predictions for each training row by the fit to all others, where they were asked for. */
  readonly leftOut: readonly RidgeOutputs[];
  #learning: KernelMachine | undefined;

  private constructor(
    backend: Backend,
    system: RidgeSystem,
    solved: readonly { readonly ridge: number; readonly coefficients: Tensor }[],
    leftOut: readonly RidgeOutputs[],
  ) {
    this.#backend = backend;
    this.#system = system;
    this.#solved = solved;
    this.leftOut = leftOut;
  }

  /**
   * Solves for all ridges on one kernel matrix; those for which it is not positive definite are left out.
   *
   * @param leavesOut whether predictions for each row without it are wanted, for twice the operations
   * @throws {NotPositiveDefiniteError} if no ridge could be solved
   */
  static async solve(backend: Backend, system: RidgeSystem, leavesOut: boolean): Promise<RidgeFits> {
    using scope = new Scope(backend);
    const { ops } = scope;
    const { kernel, metric, x, y, weights, ridges, solvers } = system;
    const matrix = kernelMatrix(ops, kernel, x, x, metric);
    const leftOut: RidgeOutputs[] = [];
    if (leavesOut) {
      for (const ridge of ridges) {
        const { predictions } = await leaveOneOut(backend, { matrix, targets: y, ridge, weights });
        leftOut.push({ ridge, outputs: Float32Array.from(predictions) });
      }
    }
    // With weights S K S + λ I is solved, S = W^½: see `solveWeighted` of @agop/rfm.
    const n = x.shape[0] as number;
    const roots = weights && ops.tensor(Float64Array.from(weights, Math.sqrt), [n, 1], floatDType(y));
    const scaled = roots ? multiply(ops, multiply(ops, matrix, roots), ops.reshape(roots, [1, n])) : matrix;
    const targets = roots ? multiply(ops, y, roots) : y;
    const solver: Solver = {
      name: 'of each ridge',
      solve: (engine, one) => (solvers[ridges.indexOf(one.ridge)] as Solver).solve(engine, one),
    };
    const { solved } = await solveForRidges(ops, solver, { matrix: scaled, targets }, ridges);
    const kept = solved.map(({ ridge, coefficients }) => ({
      ridge,
      coefficients: scope.keep(roots ? multiply(ops, coefficients, roots) : coefficients),
    }));
    return new RidgeFits(backend, system, kept, leftOut);
  }

  /** Outputs of each ridge for further rows [m, d]. */
  async predict(rows: Tensor): Promise<RidgeOutputs[]> {
    using scope = new Scope(this.#backend);
    const { ops } = scope;
    const { kernel, metric, x } = this.#system;
    const matrix = kernelMatrix(ops, kernel, rows, x, metric);
    return await Promise.all(
      this.#solved.map(async ({ ridge, coefficients }) => ({
        ridge,
        outputs: Float32Array.from(await ops.matmul(matrix, coefficients).read()),
      })),
    );
  }

  /** Chooses the ridge whose fit the next metric is learned from. */
  learnFrom(ridge: number): void {
    const found = this.#solved.find((one) => one.ridge === ridge) ?? this.#solved.at(-1);
    if (!found) return;
    const { kernel, metric, x: centers } = this.#system;
    const backend = this.#backend;
    this.#learning?.dispose();
    const coefficients = backend.clone(found.coefficients);
    this.#learning = new KernelMachine({ backend, kernel, metric, centers, coefficients });
  }

  /** The AGOP of the chosen fit at the training points. */
  agop(diagonal: boolean): Tensor {
    if (!this.#learning) this.learnFrom(this.#system.ridges[0] as number);
    const { x, weights } = this.#system;
    return (this.#learning as KernelMachine).agop(x, { diagonal, ...(weights && { weights }) });
  }

  dispose(): void {
    this.#learning?.dispose();
    this.#learning = undefined;
    for (const { coefficients } of this.#solved) coefficients.dispose();
  }
}
