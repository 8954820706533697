import { constant, derivative, type Expression, input, OptionError, selectLess } from '@agop/core';
import { oneOf } from '@agop/core/options';

const z = input('z');

/** The functions that hidden units apply to their pre-activation z. */
const activations = {
  /** max(z, 0), with slope 0 at 0. */
  relu: selectLess(0, z, z, 0),
  tanh: z.tanh(),
  sigmoid: z.mul(0.5).tanh().mul(0.5).add(0.5),
  /** ln(1 + e^z), computed so that nothing overflows. */
  softplus: z.max(0).add(z.abs().neg().exp().add(1).log()),
  square: z.mul(z),
  linear: z,
} as const satisfies Readonly<Record<string, Expression>>;

/** Names of the activations that are built in. */
export type ActivationName = keyof typeof activations;

/** A function of z and its slope, for `map`. */
export interface ResolvedActivation {
  readonly value: Expression;
  readonly slope: Expression;
}

/**
 * What an option means: a name, or an expression of `input('z')`, which is differentiated.
 *
 * @throws {OptionError} for anything else
 */
export function resolveActivation(activation: ActivationName | Expression): ResolvedActivation {
  if (typeof activation === 'string') {
    const value = Object.hasOwn(activations, activation) ? activations[activation] : undefined;
    if (value) return { value, slope: slopeOf(value) };
  } else if (isExpression(activation)) {
    return { value: activation, slope: slopeOf(activation) };
  }
  throw new OptionError('activation', {
    requirement: `${oneOf(Object.keys(activations))}, or an expression of input('z')`,
    received: activation,
  });
}

function isExpression(value: unknown): value is Expression {
  if (typeof value !== 'object' || value === null || !('node' in value && 'mul' in value)) return false;
  return typeof value.node === 'object' && typeof value.mul === 'function';
}

/** The derivative in z. A `map` needs an input, so that a slope that is constant keeps one. */
function slopeOf(value: Expression): Expression {
  const slope = derivative(value, 'z');
  return slope.node.kind === 'constant' ? selectLess(z, z, z, constant(slope.node.value)) : slope;
}
