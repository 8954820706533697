/**
 * Makes the engine one that has no `Symbol.dispose`, as every Safari and browsers before 2025: a stand-in for
 * `Symbol` with everything but that. Runs before all else.
 */
const whole = globalThis.Symbol;
const lesser = (description?: string): symbol => whole(description);
for (const key of Reflect.ownKeys(whole)) {
  if (typeof key === 'string' && /^(length|name|prototype|dispose|asyncDispose)$/.test(key)) continue;
  Object.defineProperty(lesser, key, Object.getOwnPropertyDescriptor(whole, key) ?? {});
}
Reflect.set(globalThis, 'Symbol', lesser);
