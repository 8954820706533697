import type { Expression } from '@agop/core';

/** What is made of an expression once for each way in which its inputs are read. */
export class PerExpression<T> {
  readonly #known = new WeakMap<Expression, Map<string, T>>();

  /** @param way plain data */
  get(expression: Expression, way: object, make: () => T): T {
    const known = this.#known.get(expression) ?? new Map<string, T>();
    this.#known.set(expression, known);
    const key = JSON.stringify(way);
    const made = known.get(key) ?? make();
    known.set(key, made);
    return made;
  }
}
