import { type Bindings, type Expression, inputNames, type Tensor } from '@agop/core';

/** The bindings that an expression asks for. */
export function pickInputs(
  expression: Expression,
  available: Readonly<Record<string, Tensor | number | undefined>>,
): Bindings {
  return Object.fromEntries(
    inputNames(expression).flatMap((name) => {
      const value = available[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
