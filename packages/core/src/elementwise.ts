import type { Backend, MapOptions, Tensor } from './backend.ts';
import type { DType } from './dtype.ts';
import { input } from './expression/index.ts';

const [first, second] = [input('a'), input('b')];
const sum = first.add(second);
const difference = first.sub(second);
const product = first.mul(second);
const quotient = first.div(second);

/** a + b for each element. Shapes are broadcast as by {@link Backend.map}, and so are the errors. */
export function add<D extends DType>(
  ops: Backend,
  a: Tensor<D> | number,
  b: Tensor<D> | number,
  options?: MapOptions,
): Tensor<D> {
  return ops.map(sum, { a, b }, options);
}

/** a − b for each element, like {@link add}. */
export function subtract<D extends DType>(
  ops: Backend,
  a: Tensor<D> | number,
  b: Tensor<D> | number,
  options?: MapOptions,
): Tensor<D> {
  return ops.map(difference, { a, b }, options);
}

/** a · b for each element, like {@link add}. */
export function multiply<D extends DType>(
  ops: Backend,
  a: Tensor<D> | number,
  b: Tensor<D> | number,
  options?: MapOptions,
): Tensor<D> {
  return ops.map(product, { a, b }, options);
}

/** a / b for each element, like {@link add}. */
export function divide<D extends DType>(
  ops: Backend,
  a: Tensor<D> | number,
  b: Tensor<D> | number,
  options?: MapOptions,
): Tensor<D> {
  return ops.map(quotient, { a, b }, options);
}
