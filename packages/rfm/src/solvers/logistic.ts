import {
  type Backend,
  floatDType,
  input,
  machineEpsilon,
  multiply,
  OptionError,
  Scope,
  subtract,
  type Tensor,
} from '@agop/core';
import type { KernelSystem, Solver } from './solver.ts';

/** Newton steps; some 10 are usual. */
const maxSteps = 40;
/** Conjugate gradients of one step. */
const maxInnerSteps = 50;
/** By how much conjugate gradients reduce the residual of a step. */
const innerReduction = 1e-2;
/** Halvings of a step that does not lower the loss. */
const maxHalvings = 20;

/**
 * Kernel logistic regression: the minimum over f = K α of
 *
 *   Σ_i w_i (log Σ_c exp f_ic - f_{i, y_i}) + λ/2 Σ_c α_cᵀ K α_c,
 *
 * with one output for each class, whose softmax are the probabilities. Targets are one-hot rows. The optimum
 * has λ α = W (Y - P), so that α sums to 0 over the classes, and for two classes it is that of binary
 * logistic regression with the logit f₁ - f₀ and ridge λ/2.
 *
 * Newton steps: (H K + λ I) Δ = W (Y - P) - λ α, H being the Hessian of the losses by f, [c, c] for each row.
 * A step is found by conjugate gradients in the inner product of K, preconditioned by the factor of the
 * system in which W/2 stands for H, which bounds it (Böhning 1992) and needs one factorization for all steps.
 * Steps that would not lower the loss are halved. It ends where a step can lower the loss by rounding alone.
 *
 * Source: Newton's method as in Zhu & Hastie 2005, Kernel Logistic Regression; Böhning 1992, Multinomial
 * logistic regression algorithm.
 */
export const logisticSolver: Solver = {
  name: 'logistic',
  takesWeights: true,

  async solve(backend, system) {
    if (!(system.ridge > 0)) {
      throw new OptionError(
        'ridge',
        'Logistic regression needs a ridge above 0: its loss has no minimum else.',
      );
    }
    using scope = new Scope(backend);
    const problem = await LogisticProblem.of(scope.ops, system);
    const zeros = () => scope.ops.full(system.targets.shape, 0, floatDType(system.targets));
    let point = await problem.at(zeros(), zeros());
    for (let step = 0; step < maxSteps; step++) {
      const { direction, image, decrease } = await problem.newtonStep(point);
      if (!(decrease > problem.negligible(point.loss))) break;
      const next = await problem.search(point, direction, image);
      if (!next) break;
      point.dispose();
      point = next;
    }
    return scope.keep(point.alpha);
  },
};

/** Coefficients with what follows from them. */
interface Point {
  readonly alpha: Tensor;
  /** K α */
  readonly f: Tensor;
  /** Softmax of f. */
  readonly p: Tensor;
  readonly loss: number;
  dispose(): void;
}

const [y, p, f, a, w, top, v, k, t] = ['y', 'p', 'f', 'a', 'w', 'top', 'v', 'k', 't'].map((name) =>
  input(name),
) as [Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr];
type Expr = ReturnType<typeof input>;

const exponentials = f.sub(top).exp();
const residual = w.mul(y.sub(p)).sub(input('ridge').mul(a));
const hessianRows = w.mul(p.mul(v.sub(t)));
const moved = a.add(t.mul(v));
const scaled = k.mul(input('r')).mul(input('c')).mul(0.5);

class LogisticProblem {
  readonly #ops: Backend;
  readonly #k: Tensor;
  readonly #y: Tensor;
  /** [n, 1] */
  readonly #w: Tensor;
  readonly #roots: Tensor;
  readonly #ridge: number;
  /** Cholesky factor of W^½ K W^½ / 2 + λ I. */
  readonly #factor: Tensor;
  readonly #epsilon: number;

  /** @param ops the view of a scope, which owns what this holds */
  static async of(ops: Backend, { matrix, targets, ridge, weights }: KernelSystem): Promise<LogisticProblem> {
    const n = targets.shape[0] as number;
    const dtype = floatDType(targets);
    const rows = weights ? Float64Array.from(weights) : new Float64Array(n).fill(1);
    const roots = ops.tensor(rows.map(Math.sqrt), [n, 1], dtype);
    const bound = ops.map(scaled, { k: matrix, r: roots, c: ops.reshape(roots, [1, n]) });
    const factor = await ops.cholesky(bound, { ridge, overwrite: true });
    return new LogisticProblem(ops, matrix, targets, ops.tensor(rows, [n, 1], dtype), roots, ridge, factor);
  }

  private constructor(
    ops: Backend,
    kernel: Tensor,
    targets: Tensor,
    weights: Tensor,
    roots: Tensor,
    ridge: number,
    factor: Tensor,
  ) {
    this.#ops = ops;
    this.#k = kernel;
    this.#y = targets;
    this.#w = weights;
    this.#roots = roots;
    this.#ridge = ridge;
    this.#factor = factor;
    this.#epsilon = machineEpsilon(floatDType(kernel));
  }

  /** What a step must lower the loss by at least. */
  negligible(loss: number): number {
    return 64 * this.#epsilon * (loss + 1);
  }

  /** Takes the tensors over. */
  async at(alpha: Tensor, image: Tensor): Promise<Point> {
    const ops = this.#ops;
    using scope = new Scope(ops);
    const inner = scope.ops;
    const largest = inner.max(image, 1);
    const e = inner.map(exponentials, { f: image, top: largest });
    const sums = inner.sum(e, 1);
    const probabilities = inner.map(a.div(t), { a: e, t: sums });
    const logSums = inner.map(t.log().add(top), { t: sums, top: largest });
    const own = inner.sum(multiply(inner, image, this.#y), 1);
    const losses = multiply(inner, subtract(inner, logSums, own), this.#w);
    const loss = (await this.#total(losses)) + (this.#ridge / 2) * (await this.#dot(alpha, image));
    const point = { alpha, f: image, p: scope.keep(probabilities), loss };
    return {
      ...point,
      dispose: () => {
        for (const tensor of [point.alpha, point.f, point.p]) tensor.dispose();
      },
    };
  }

  /** Δ, K Δ, and the decrease of the loss that its quadratic model promises. */
  async newtonStep(
    point: Point,
  ): Promise<{ readonly direction: Tensor; readonly image: Tensor; readonly decrease: number }> {
    const ops = this.#ops;
    using scope = new Scope(ops);
    const inner = scope.ops;
    const ridge = this.#ridge;
    const right = inner.map(residual, { w: this.#w, y: this.#y, p: point.p, a: point.alpha, ridge });
    const r = inner.clone(right);
    const direction = inner.full(right.shape, 0, floatDType(right));
    const image = inner.full(right.shape, 0, floatDType(right));
    const step = { value: undefined as Tensor | undefined, image: undefined as Tensor | undefined };
    let [before, first] = [0, 0];
    for (let count = 0; count < maxInnerSteps; count++) {
      using part = new Scope(ops);
      const z = this.#precondition(part.ops, r);
      const kz = part.ops.matmul(this.#k, z);
      const size = await this.#dot(r, kz);
      if (count === 0) first = size;
      // Rounding may leave less than nothing.
      if (!(size > innerReduction ** 2 * first) || !(size > 0)) break;
      const beta = count === 0 ? 0 : size / before;
      before = size;
      step.value = step.value
        ? inner.map(moved, { a: z, v: step.value, t: beta }, { out: step.value })
        : inner.clone(z);
      step.image = step.image
        ? inner.map(moved, { a: kz, v: step.image, t: beta }, { out: step.image })
        : inner.clone(kz);
      const applied = this.#hessian(part.ops, point.p, step.image);
      part.ops.map(moved, { a: applied, v: step.value, t: ridge }, { out: applied });
      const curvature = await this.#dot(applied, step.image);
      if (!(curvature > 0)) break;
      const length = size / curvature;
      inner.map(moved, { a: direction, v: step.value, t: length }, { out: direction });
      inner.map(moved, { a: image, v: step.image, t: length }, { out: image });
      inner.map(moved, { a: r, v: applied, t: -length }, { out: r });
    }
    const decrease = (await this.#dot(right, image)) / 2;
    return { direction: scope.keep(direction), image: scope.keep(image), decrease };
  }

  /** The point a step away, halved until the loss falls; undefined where it does not. Frees the step. */
  async search(point: Point, direction: Tensor, image: Tensor): Promise<Point | undefined> {
    const ops = this.#ops;
    try {
      for (let halvings = 0, length = 1; halvings < maxHalvings; halvings++, length /= 2) {
        const alpha = ops.map(moved, { a: point.alpha, v: direction, t: length });
        const next = await this.at(alpha, ops.map(moved, { a: point.f, v: image, t: length }));
        if (next.loss < point.loss) return next;
        next.dispose();
      }
      return undefined;
    } finally {
      direction.dispose();
      image.dispose();
    }
  }

  /** H V: for each row w (diag(p) - p pᵀ) v. */
  #hessian(ops: Backend, probabilities: Tensor, values: Tensor): Tensor {
    const means = ops.sum(multiply(ops, probabilities, values), 1);
    return ops.map(hessianRows, { w: this.#w, p: probabilities, v: values, t: means });
  }

  /** (W K / 2 + λ I)⁻¹ r */
  #precondition(ops: Backend, r: Tensor): Tensor {
    const left = ops.map(a.div(t), { a: r, t: this.#roots });
    const half = ops.solveTriangular(this.#factor, left, { overwrite: true });
    const solved = ops.solveTriangular(this.#factor, half, { transpose: true, overwrite: true });
    return multiply(ops, solved, this.#roots, { out: solved });
  }

  async #dot(left: Tensor, right: Tensor): Promise<number> {
    using product = multiply(this.#ops, left, right);
    return await this.#total(product);
  }

  async #total(tensor: Tensor): Promise<number> {
    using sum = this.#ops.sum(tensor, 'all');
    return (await sum.read())[0] as number;
  }
}
