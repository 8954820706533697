import type { Backend, MapOptions, Tensor } from './backend.ts';
import { input } from './expression/index.ts';

const [first, second] = [input('a'), input('b')];
const sum = first.add(second);
const difference = first.sub(second);
const product = first.mul(second);
const quotient = first.div(second);

/** a + b for each element. Shapes are broadcast as by {@link Backend.map}, and so are the errors. */
export function add(ops: Backend, a: Tensor | number, b: Tensor | number, options?: MapOptions): Tensor {
  return ops.map(sum, { a, b }, options);
}

/** a − b for each element, like {@link add}. */
export function subtract(ops: Backend, a: Tensor | number, b: Tensor | number, options?: MapOptions): Tensor {
  return ops.map(difference, { a, b }, options);
}

/** a · b for each element, like {@link add}. */
export function multiply(ops: Backend, a: Tensor | number, b: Tensor | number, options?: MapOptions): Tensor {
  return ops.map(product, { a, b }, options);
}

/** a / b for each element, like {@link add}. */
export function divide(ops: Backend, a: Tensor | number, b: Tensor | number, options?: MapOptions): Tensor {
  return ops.map(quotient, { a, b }, options);
}
