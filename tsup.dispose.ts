/**
 * The key of `dispose` methods in built packages. Engines without `Symbol.dispose` (every Safari, Chrome
 * before 134, Firefox before 141) get the symbol that the lowered `using` looks for there: the bundler puts
 * this name in place of `Symbol.dispose`, which would otherwise be a method called "undefined".
 */
export const disposeSymbol =
  /* @__PURE__ */ Reflect.get(Symbol, 'dispose') ?? /* @__PURE__ */ Symbol.for('Symbol.dispose');
