// Makes the engine one that has no `Symbol.dispose`: a stand-in for `Symbol` with everything but that.
const whole = globalThis.Symbol;
/** @param {string} [description] */
const lesser = (description) => whole(description);
for (const key of Reflect.ownKeys(whole)) {
  if (typeof key === 'string' && /^(length|name|prototype|dispose|asyncDispose)$/.test(key)) continue;
  Object.defineProperty(lesser, key, Object.getOwnPropertyDescriptor(whole, key) ?? {});
}
Reflect.set(globalThis, 'Symbol', lesser);
