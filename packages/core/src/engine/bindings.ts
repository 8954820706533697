import type { Bindings, Tensor } from '../backend.ts';
import type { DType, Shape } from '../dtype.ts';
import { DTypeError, OptionError, ShapeError } from '../errors/index.ts';
import type { Expression } from '../expression/expression.ts';
import { inputNames } from '../expression/program.ts';
import type { Matrix } from '../matrix.ts';
import { type BroadcastPlan, planBroadcast, sameShape } from './broadcast.ts';
import { checkFloat, checkSameDType, checkTensor, describe } from './checks.ts';
import type { BoundInput } from './engine.ts';

/** The inputs of an expression, checked and ready for a kernel. */
export interface Bound<B, D extends DType> {
  readonly inputs: readonly BoundInput<B>[];
  /** The tensors among the inputs, in the order of `plan.kinds`. */
  readonly tensors: readonly Tensor[];
  readonly plan: BroadcastPlan;
  readonly dtype: D;
}

/** An input that the operation itself supplies, and the shape of its result. */
export interface GivenInput<D extends DType> {
  readonly given: string;
  readonly shape: Shape;
  readonly dtype: D;
}

/**
 * Binds values to the inputs of an expression.
 *
 * @throws {OptionError} for an input without value, or a value without input
 * @throws {ShapeError} where tensors do not go together
 * @throws {DTypeError} where tensors do not go together
 */
export function bindInputs<B, D extends DType>(
  operation: string,
  expression: Expression,
  bindings: Bindings<D>,
  view: (tensor: Tensor) => Matrix<B>,
  given?: GivenInput<D>,
): Bound<B, D> {
  if (typeof bindings !== 'object' || bindings === null) {
    throw new OptionError('inputs', { requirement: 'be an object', received: bindings });
  }
  const bound = Object.entries(bindings);
  checkNames(operation, inputNames(expression), bound, given?.given);

  const tensors: Tensor<D>[] = [];
  const shapes: { name: string; shape: Shape }[] = given ? [{ name: 'the result', shape: given.shape }] : [];
  for (const [name, value] of bound) {
    if (typeof value === 'number') continue;
    checkTensor(operation, value);
    checkFloat(operation, value);
    tensors.push(value);
    shapes.push({ name, shape: value.shape });
  }
  checkSameDType(operation, tensors);
  const dtype = given?.dtype ?? tensors[0]?.dtype;
  if (dtype === undefined) throw new OptionError('inputs', `${operation}: needs at least one tensor.`);
  const foreign = tensors.find((t) => t.dtype !== dtype);
  if (foreign) {
    throw new DTypeError(`${operation}: inputs must be ${dtype}, but one is ${describe(foreign)}. Use cast.`);
  }
  const plan = planBroadcast(operation, shapes);
  if (given && !sameShape(plan.shape, given.shape)) {
    throw new ShapeError(
      `${operation}: inputs must broadcast to the result [${given.shape.join(', ')}], not to [${plan.shape.join(', ')}].`,
    );
  }
  const kinds = given ? plan.kinds.slice(1) : plan.kinds;

  let next = 0;
  const inputs = bound.map(([name, value]): BoundInput<B> => {
    if (typeof value === 'number') return { name, kind: 'number', value };
    const kind = kinds[next++] ?? 'full';
    return { name, kind, matrix: view(value) };
  });
  return { inputs, tensors, plan: given ? { ...plan, kinds } : plan, dtype };
}

function checkNames(
  operation: string,
  names: readonly string[],
  bound: readonly (readonly [string, unknown])[],
  given: string | undefined,
): void {
  const isNeeded = ([name]: readonly [string, unknown]): boolean => name !== given && names.includes(name);
  // As many as there are inputs, and each of them one: then none is missing.
  const count = given !== undefined && names.includes(given) ? names.length - 1 : names.length;
  if (bound.length === count && bound.every(isNeeded)) return;
  const needed = names.filter((name) => name !== given);
  const offered = bound.map(([name]) => name);
  const missing = needed.filter((name) => !offered.includes(name));
  if (missing.length > 0) {
    throw new OptionError(
      'inputs',
      `${operation}: the expression's input ${missing.join(', ')} has no value.`,
    );
  }
  const unknown = offered.filter((name) => !needed.includes(name));
  if (unknown.length > 0) {
    const why =
      given !== undefined && unknown.includes(given) ? ` (${given} is the inner product itself)` : '';
    throw new OptionError('inputs', `${operation}: the expression has no input ${unknown.join(', ')}${why}.`);
  }
}
