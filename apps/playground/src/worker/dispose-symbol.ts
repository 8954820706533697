// Browsers without `Symbol.dispose` get the one that the lowered `using` looks for.
if (Symbol.dispose === undefined) {
  Object.defineProperty(Symbol, 'dispose', { value: Symbol.for('Symbol.dispose') });
}

export {};
