import {
  constant,
  derivative,
  type Expression,
  input,
  OptionError,
  selectLessEqual,
  shownValue,
  substitute,
} from '@agop/core';
import { checkPositive } from '@agop/core/options';

/** Positive parameters of a kernel by name, e.g. `{ bandwidth: 10 }`; inputs of its expressions. */
export type KernelParameters = Readonly<Record<string, number>>;

/**
 * A kernel that is a function κ(u, p, q) of three numbers: u = xᵀMz, p = xᵀMx, q = zᵀMz. A machine
 * f_c(x) = Σ_j α_jc κ(u, p, q) then has the gradient ∇f_c(x) = Σ_j α_jc (κ_u M z_j + 2 κ_p M x).
 *
 * Its expressions have the inputs `u`, `p`, `q`, the parameters, and, where rounding matters, `epsilon` (the
 * machine epsilon of the dtype), `roundingP` and `roundingQ` (bounds of the rounding of p and q).
 */
export interface InnerProductKernel {
  readonly geometry: 'inner';
  readonly name: string;
  readonly parameters: KernelParameters;
  /** κ */
  readonly value: Expression;
  /** κ_u = ∂κ/∂u and κ_p = ∂κ/∂p. */
  readonly derivatives: { readonly u: Expression; readonly p: Expression };
  /** True where κ depends on p + q - 2u alone, so that κ_p = -κ_u / 2. */
  readonly radial: boolean;
}

/**
 * A kernel that is a function φ(s) of s = Σ_k |x_k - z_k|^p on transformed features. Its expressions have the
 * input `s` and the parameters.
 */
export interface PowerDistanceKernel {
  readonly geometry: 'power';
  readonly name: string;
  readonly parameters: KernelParameters;
  /** Exponent of the distance, positive. */
  readonly p: number;
  /** φ */
  readonly value: Expression;
  /** φ' */
  readonly derivative: Expression;
}

/**
 * A kernel that is a function φ(s) of s = Σ_k ψ(|x_k - z_k|) on transformed features, a sum of parts that
 * each see one coordinate. ψ has the input `t`, φ the inputs `s` and `features` (their number), both the
 * parameters.
 */
export interface CoordinateKernel {
  readonly geometry: 'coordinates';
  readonly name: string;
  readonly parameters: KernelParameters;
  /** ψ */
  readonly part: Expression;
  /** ψ' */
  readonly partDerivative: Expression;
  /** φ */
  readonly value: Expression;
  /** φ' */
  readonly derivative: Expression;
}

/** A kernel function, with its derivatives. */
export type Kernel = InnerProductKernel | PowerDistanceKernel | CoordinateKernel;

/** The inputs that a kernel of inner products is written in. */
export interface InnerProducts {
  /** xᵀMz */
  readonly u: Expression;
  /** xᵀMx */
  readonly p: Expression;
  /** zᵀMz */
  readonly q: Expression;
}

/** The parameters of a kernel as expressions, by name. */
export type ParameterInputs<P extends KernelParameters> = { readonly [K in keyof P]: Expression };

/**
 * A kernel from one expression of u = xᵀMz, p = xᵀMx and q = zᵀMz; its gradient comes by differentiation.
 *
 * @throws {OptionError} for a parameter with the name of an input: u, p, q, s, c, epsilon
 *
 * @example
 * const cubic = innerProductKernel('cubic', ({ u }, { offset }) => u.add(offset).pow(3), { offset: 1 });
 */
export function innerProductKernel<P extends KernelParameters>(
  name: string,
  define: (products: InnerProducts, parameters: ParameterInputs<P>) => Expression,
  parameters: P,
): InnerProductKernel {
  const products = { u: input('u'), p: input('p'), q: input('q') };
  const value = defined(name, define, products, parameters);
  return {
    geometry: 'inner',
    name,
    parameters,
    value,
    derivatives: { u: derivative(value, 'u'), p: derivative(value, 'p') },
    radial: false,
  };
}

/**
 * A kernel from one expression of the squared Mahalanobis distance s = (x - z)ᵀM(x - z); its gradient comes
 * by differentiation.
 *
 * s is computed as p + q - 2u. Where that is at the level of rounding (see {@link roundingFactor}) it is set
 * to 0: otherwise a point would lie at a distance of about 4e-4 |x| (float32) from itself, which spoils
 * Laplace-like kernels. There the gradient is 0.
 *
 * @throws {OptionError} for a parameter with the name of an input: u, p, q, s, c, epsilon
 *
 * @example
 * const define = (s, { bandwidth }) => s.div(bandwidth.pow(2)).add(1).reciprocal();
 * const cauchy = radialKernel('cauchy', define, { bandwidth: 3 });
 */
export function radialKernel<P extends KernelParameters>(
  name: string,
  define: (s: Expression, parameters: ParameterInputs<P>) => Expression,
  parameters: P,
): InnerProductKernel {
  const [u, p, q] = [input('u'), input('p'), input('q')];
  const sum = p.add(q);
  const difference = sum.sub(u.mul(2));
  const rounding = input('roundingP').add(input('roundingQ'));
  const squaredDistance = selectLessEqual(difference, rounding, 0, difference);
  const profile = defined(name, define, input('s'), parameters);
  const value = substitute(profile, { s: squaredDistance });
  const derivativeByU = derivative(value, 'u');
  return {
    geometry: 'inner',
    name,
    parameters,
    value,
    derivatives: { u: derivativeByU, p: derivativeByU.mul(-0.5) },
    radial: true,
  };
}

/**
 * A kernel √p √q T(c) from one expression T of the cosine c = u / (√p √q) of x and z in the metric; its
 * gradient comes by differentiation: κ_u = T'(c), κ_p = √(q/p) (T(c) - c T'(c)) / 2. All are 0 where p q = 0.
 *
 * Next to ±1 the cosine is rounding (see {@link roundingFactor}; 16 ε with M = I and up to 64 features) and
 * set to ±1, where infinite derivatives count as 0 (the convention for parallel points); otherwise they would
 * grow to 1/√ε there.
 *
 * @throws {OptionError} for a parameter with the name of an input: u, p, q, s, c, epsilon
 */
export function cosineKernel<P extends KernelParameters>(
  name: string,
  define: (c: Expression, parameters: ParameterInputs<P>) => Expression,
  parameters: P,
): InnerProductKernel {
  const [u, p, q] = [input('u'), input('p'), input('q')];
  const norms = p.sqrt().mul(q.sqrt());
  const raw = u.div(norms);
  const rounding = input('roundingP').mul(input('roundingQ')).sqrt();
  const edge = constant(1).sub(rounding.div(norms));
  const c = selectLessEqual(edge, raw, 1, selectLessEqual(raw, edge.neg(), -1, raw));
  const profile = defined(name, define, input('c'), parameters);
  const value = substitute(profile, { c });
  const slope = substitute(derivative(profile, 'c'), { c });
  const unlessZero = (e: Expression): Expression => selectLessEqual(norms, 0, 0, e);
  return {
    geometry: 'inner',
    name,
    parameters,
    value: unlessZero(norms.mul(value)),
    derivatives: {
      u: unlessZero(slope),
      p: unlessZero(value.sub(c.mul(slope)).mul(q.sqrt()).div(p.sqrt().mul(2))),
    },
    radial: false,
  };
}

/**
 * A kernel from one expression of s = Σ_k |x_k - z_k|^p, for p other than 2; its gradient comes by
 * differentiation. Coordinates with x_k = z_k, and points at distance 0 where φ' is infinite, contribute 0 to
 * the gradient.
 *
 * @throws {OptionError} for a parameter with the name of an input: u, p, q, s, c, epsilon; for a p that is
 *   not positive
 */
export function powerDistanceKernel<P extends KernelParameters>(
  name: string,
  p: number,
  define: (s: Expression, parameters: ParameterInputs<P>) => Expression,
  parameters: P,
): PowerDistanceKernel {
  checkPositive('p', p);
  const value = defined(name, define, input('s'), parameters);
  return { geometry: 'power', name, parameters, p, value, derivative: derivative(value, 's') };
}

/**
 * A kernel from two expressions: that of a part by t = |x_k - z_k|, and that of the whole by the sum s of the
 * parts and the number of features; its gradient comes by differentiation. Coordinates with x_k = z_k
 * contribute 0 to the gradient.
 *
 * @throws {OptionError} for a parameter with the name of an input: u, p, q, s, t, c, features, epsilon
 */
export function coordinateKernel<P extends KernelParameters>(
  name: string,
  definePart: (t: Expression, parameters: ParameterInputs<P>) => Expression,
  define: (s: Expression, features: Expression, parameters: ParameterInputs<P>) => Expression,
  parameters: P,
): CoordinateKernel {
  const part = defined(name, definePart, input('t'), parameters);
  checkDefine(define);
  const whole = (s: Expression, inputs: ParameterInputs<P>): Expression =>
    define(s, input('features'), inputs);
  const value = defined(name, whole, input('s'), parameters);
  return {
    geometry: 'coordinates',
    name,
    parameters,
    part,
    partDerivative: derivative(part, 't'),
    value,
    derivative: derivative(value, 's'),
  };
}

/** @throws {OptionError} for anything but a function */
function checkDefine(define: unknown): void {
  if (typeof define === 'function') return;
  throw new OptionError('define', { requirement: 'be a function', received: define });
}

/**
 * What `define` makes of its inputs.
 *
 * @throws {OptionError} where it is no function, or makes a number, as `Math` does
 */
function defined<T, P extends KernelParameters>(
  name: string,
  define: (inputs: T, parameters: ParameterInputs<P>) => Expression,
  inputs: T,
  parameters: P,
): Expression {
  checkDefine(define);
  const made: unknown = define(inputs, parameterInputs(parameters));
  if (made instanceof Object && 'node' in made && 'id' in made) return made as Expression;
  throw new OptionError(
    'define',
    `The kernel '${name}' must be an expression, but is ${shownValue(made)}. Use the methods of expressions, e.g. s.neg().exp(), not Math.`,
  );
}

const reserved = ['u', 'p', 'q', 's', 't', 'c', 'features', 'epsilon', 'roundingP', 'roundingQ'];

function parameterInputs<P extends KernelParameters>(parameters: P): ParameterInputs<P> {
  if (typeof parameters !== 'object' || parameters === null) {
    const requirement = 'be an object of numbers by name, {} for none';
    throw new OptionError('parameters', { requirement, received: parameters });
  }
  const inputs: Record<string, Expression> = {};
  for (const name of Object.keys(parameters)) {
    if (reserved.includes(name)) {
      throw new OptionError(
        'parameters',
        `A kernel's parameter cannot be called '${name}': that is an input.`,
      );
    }
    if (!Number.isFinite(parameters[name])) {
      throw new OptionError(name, { requirement: 'be a finite number', received: parameters[name] });
    }
    inputs[name] = input(name);
  }
  return inputs as ParameterInputs<P>;
}
