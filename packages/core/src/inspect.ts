/**
 * The method by which Node's `console.log` and `util.inspect` show an object: in a line, instead of all that
 * it stands on. Other engines do not ask for it.
 */
export const inspect: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/** `Name { a: 1, b: 'x' }`, for that method. */
export function inspection(name: string, facts: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(facts).map(([fact, value]) => `${fact}: ${JSON.stringify(value) ?? 'none'}`);
  return shown.length === 0 ? name : `${name} { ${shown.join(', ')} }`;
}
