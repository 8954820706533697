import { type Backend, type DType, NotPositiveDefiniteError, Scope, type Tensor } from '@agop/core';
import type { KernelSystem } from './solver.ts';

/** How a float32 system was solved with residuals in float64. */
export interface HostRefinement {
  /** Steps of conjugate gradients. */
  readonly steps: number;
  /** What was added to the ridge so that the factor exists; it does not change the system. */
  readonly shift: number;
  /** Largest ‖y - (K + λ I) α‖ / (‖K + λ I‖_F ‖α‖) among the outputs. */
  readonly backwardError: number;
}

/** Coefficients are rounded to float32 at the end: they need not be better than this. */
const target = 2 ** -27;
/**
 * With a factor of another matrix the residual must also be so small beside y: of a singular matrix a large
 * enough α has a small backward error.
 */
const shiftedTarget = 2 ** -10;
const maxSteps = 60;
/** What is added to the ridge where the factorization fails, in units of 2⁻²⁴ ‖K‖_F. */
const shifts = [0, 4, 64, 1024];
/** Most elements of K that are copied to the host: 1 GiB. */
const mostElements = 2 ** 28;
/** Most products of a step on the host: about a second. */
const mostProducts = 2 ** 30;
/** From here on float32 is taken for enough, also where there is float64. */
const ampleRidge = 1e-3;

/**
 * Whether something asks for more than float32 gives, on a backend without float64: a ridge below 1e-3, the
 * limit from which on estimators take float32 by themselves.
 */
export function lacksFloat64(backend: Backend, dtype: DType, ridge: number): boolean {
  return dtype === 'float32' && !backend.dtypes.includes('float64') && ridge < ampleRidge;
}

/** Whether such a system is solved here: if K can be copied to the host, and has not very many outputs. */
export function asksForHost(backend: Backend, { matrix, targets, ridge }: KernelSystem): boolean {
  const [n, outputs] = targets.shape as [number, number];
  const isSmall = n * n <= mostElements && n * n * outputs <= mostProducts;
  return isSmall && lacksFloat64(backend, matrix.dtype, ridge);
}

/**
 * Solves a float32 system where there is no float64 but on the host: a float32 Cholesky factor on the device
 * is the preconditioner of conjugate gradients, whose vectors, sums and products with K are in float64 on
 * the host. K itself is as float32 has rounded it. Where the factorization fails by rounding, that of K with
 * a larger ridge serves as well.
 *
 * It takes one copy of K to the host, and for each step 2 n² c operations there and two triangular solves.
 *
 * Source: Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 12; Golub & Van Loan, Matrix
 * Computations, 4th ed., section 11.5.
 *
 * @param told how it went
 * @throws {NotPositiveDefiniteError} where K + λ I is not positive definite as float32 has K
 */
export async function solveWithHost(
  backend: Backend,
  { matrix, targets, ridge, overwrite = true }: KernelSystem,
  told?: (refinement: HostRefinement) => void,
): Promise<Tensor> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const [n, outputs] = targets.shape as [number, number];
  const [k, y] = await Promise.all([matrix.read(), targets.read()]);
  const norm = frobeniusNorm(k) + ridge * Math.sqrt(n);
  const { factor, shift, failure } = await factorOf(ops, matrix, k, { ridge, norm, overwrite });
  const precondition = async (r: Float64Array): Promise<Float64Array> => {
    using step = new Scope(ops);
    const half = step.ops.solveTriangular(factor, step.ops.tensor(r, [n, outputs], 'float32'), {
      overwrite: true,
    });
    const whole = step.ops.solveTriangular(factor, half, { transpose: true, overwrite: true });
    return Float64Array.from(await whole.read());
  };
  const columns = Array.from({ length: outputs }, (_, c) => c);
  const x = new Float64Array(n * outputs);
  const r = Float64Array.from(y);
  const p = new Float64Array(n * outputs);
  const sizes = columns.map((c) => Math.sqrt(dot(r, r, c, outputs)));
  let before: number[] | undefined;
  let backwardError = Number.POSITIVE_INFINITY;
  let steps = 0;
  let isDone = false;
  for (; steps < maxSteps && !isDone; steps++) {
    const scales = columns.map((c) => largest(r, c, outputs));
    const z = await precondition(r.map((value, i) => value / (scales[i % outputs] || 1)));
    for (let i = 0; i < z.length; i++) z[i] = (z[i] as number) * (scales[i % outputs] as number);
    const rz = columns.map((c) => dot(r, z, c, outputs));
    for (let i = 0; i < p.length; i++) {
      const c = i % outputs;
      const ratio = before ? quotient(rz[c] as number, before[c] as number) : 0;
      p[i] = (z[i] as number) + ratio * (p[i] as number);
    }
    before = rz;
    const image = product(k, p, n, outputs, ridge);
    for (const c of columns) {
      const length = quotient(rz[c] as number, dot(p, image, c, outputs));
      // Not positive definite as float32 has it, or no longer finite: what there is, is the best there is.
      if (!(length >= 0 && Number.isFinite(length))) continue;
      for (let i = c; i < x.length; i += outputs) {
        x[i] = (x[i] as number) + length * (p[i] as number);
        r[i] = (r[i] as number) - length * (image[i] as number);
      }
    }
    const left = columns.map((c) => Math.sqrt(dot(r, r, c, outputs)));
    const lengths = columns.map((c) => norm * Math.sqrt(dot(x, x, c, outputs)));
    backwardError = Math.max(...left.map((size, c) => quotient(size, lengths[c] as number)));
    const remaining = Math.max(...left.map((size, c) => quotient(size, sizes[c] as number)));
    isDone = backwardError <= target && (!failure || remaining <= shiftedTarget);
    if (Number.isNaN(backwardError)) break;
  }
  // Of a factor of another matrix only what it has led to counts.
  if (failure && !isDone) throw failure;
  told?.({ steps, shift, backwardError });
  return scope.keep(ops.tensor(x, [n, outputs], 'float32'));
}

interface FactorRequest {
  readonly ridge: number;
  /** ‖K + λ I‖_F */
  readonly norm: number;
  readonly overwrite: boolean;
}

interface Preconditioner {
  readonly factor: Tensor;
  readonly shift: number;
  /** Why there is a shift. */
  readonly failure: NotPositiveDefiniteError | undefined;
}

/** @throws {NotPositiveDefiniteError} that without a shift, if none helps */
async function factorOf(
  ops: Backend,
  matrix: Tensor,
  k: ArrayLike<number>,
  { ridge, norm, overwrite }: FactorRequest,
): Promise<Preconditioner> {
  let failure: NotPositiveDefiniteError | undefined;
  for (const units of shifts) {
    const shift = units * 2 ** -24 * norm;
    try {
      const source = failure ? ops.tensor(k, matrix.shape, 'float32') : matrix;
      const options = { ridge: ridge + shift, overwrite: overwrite || failure !== undefined };
      return { factor: await ops.cholesky(source, options), shift, failure };
    } catch (error) {
      if (!NotPositiveDefiniteError.isInstance(error)) throw error;
      failure ??= error;
      if (!Number.isFinite(norm)) break;
    }
  }
  throw failure;
}

/** (K + λ I) v in float64; both triangles of K are read. */
function product(
  k: ArrayLike<number>,
  v: Float64Array,
  n: number,
  outputs: number,
  ridge: number,
): Float64Array {
  const out = new Float64Array(n * outputs);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < outputs; c++) {
      let sum = ridge * (v[i * outputs + c] as number);
      for (let j = 0; j < n; j++) sum += (k[i * n + j] as number) * (v[j * outputs + c] as number);
      out[i * outputs + c] = sum;
    }
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array, column: number, outputs: number): number {
  let sum = 0;
  for (let i = column; i < a.length; i += outputs) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function largest(a: Float64Array, column: number, outputs: number): number {
  let most = 0;
  for (let i = column; i < a.length; i += outputs) most = Math.max(most, Math.abs(a[i] as number));
  return most;
}

function frobeniusNorm(a: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** 0 where the numerator is: of outputs that are solved. */
function quotient(a: number, b: number): number {
  return a === 0 ? 0 : a / b;
}
