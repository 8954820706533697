/**
 * The operators of expressions in WGSL, as `unaryOperators` and `binaryOperators` of `@agop/core/engine`
 * define them. WGSL's own functions may be coarse, and may take for granted that there is no NaN and no
 * infinity; these go by the bits of their arguments there.
 */
interface Elementary {
  /** Those of this table that it calls. */
  readonly needs?: readonly ElementaryName[];
  readonly code: string;
}

export type ElementaryName =
  | 'isNaN'
  | 'infinity'
  | 'notANumber'
  | 'kept'
  | 'absOf'
  | 'signOf'
  | 'smaller'
  | 'larger'
  | 'isLess'
  | 'isLessEqual'
  | 'rootOf'
  | 'expOf'
  | 'logOf'
  | 'sinOf'
  | 'cosOf'
  | 'tanhOf'
  | 'acosOf'
  | 'arcCosine0'
  | 'arcCosine1'
  | 'powerOf';

const table: Readonly<Record<ElementaryName, Elementary>> = {
  isNaN: { code: 'fn isNaN(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }' },
  // Constants that are infinite do not compile.
  infinity: { code: 'fn infinity() -> f32 { return bitcast<f32>(0x7f800000u | u.zero); }' },
  notANumber: { code: 'fn notANumber() -> f32 { return bitcast<f32>(0x7fc00000u | u.zero); }' },
  // The value as it is rounded, which the compiler cannot see through to reorder what comes before and after.
  kept: { code: 'fn kept(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ u.zero); }' },
  absOf: { code: 'fn absOf(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0x7fffffffu); }' },
  signOf: {
    needs: ['isNaN'],
    code: `fn signOf(x: f32) -> f32 {
  if (isNaN(x)) { return x; }
  return select(select(x, -1.0, x < 0.0), 1.0, x > 0.0);
}`,
  },
  smaller: {
    needs: ['isNaN'],
    code: `fn smaller(x: f32, y: f32) -> f32 {
  if (isNaN(x)) { return x; }
  if (isNaN(y)) { return y; }
  return select(x, y, y < x);
}`,
  },
  larger: {
    needs: ['isNaN'],
    code: `fn larger(x: f32, y: f32) -> f32 {
  if (isNaN(x)) { return x; }
  if (isNaN(y)) { return y; }
  return select(x, y, y > x);
}`,
  },
  isLess: {
    needs: ['isNaN'],
    code: 'fn isLess(x: f32, y: f32) -> bool { return x < y && !isNaN(x) && !isNaN(y); }',
  },
  isLessEqual: {
    needs: ['isNaN'],
    code: 'fn isLessEqual(x: f32, y: f32) -> bool { return x <= y && !isNaN(x) && !isNaN(y); }',
  },
  rootOf: {
    needs: ['isNaN', 'notANumber'],
    code: `fn rootOf(x: f32) -> f32 {
  if (isNaN(x) || x == 0.0 || bitcast<u32>(x) == 0x7f800000u) { return x; }
  if (x < 0.0) { return notANumber(); }
  return sqrt(x);
}`,
  },
  expOf: { code: 'fn expOf(x: f32) -> f32 { return exp(x); }' },
  logOf: { code: 'fn logOf(x: f32) -> f32 { return log(x); }' },
  sinOf: { code: 'fn sinOf(x: f32) -> f32 { return sin(x); }' },
  cosOf: { code: 'fn cosOf(x: f32) -> f32 { return cos(x); }' },
  tanhOf: { code: 'fn tanhOf(x: f32) -> f32 { return tanh(x); }' },
  acosOf: { code: 'fn acosOf(x: f32) -> f32 { return acos(clamp(x, -1.0, 1.0)); }' },
  arcCosine0: {
    code: 'fn arcCosine0(x: f32) -> f32 { return 1.0 - acos(clamp(x, -1.0, 1.0)) / 3.14159265; }',
  },
  arcCosine1: {
    code: `fn arcCosine1(x: f32) -> f32 {
  let c = clamp(x, -1.0, 1.0);
  return (sqrt((1.0 - c) * (1.0 + c)) + (3.14159265 - acos(c)) * c) / 3.14159265;
}`,
  },
  powerOf: { code: 'fn powerOf(x: f32, y: f32) -> f32 { return pow(x, y); }' },
};

/** The text of these functions and of those that they call, each after what it calls. */
export function elementaryCode(names: Iterable<ElementaryName>): string {
  const written = new Set<ElementaryName>();
  const write = (name: ElementaryName): void => {
    if (written.has(name)) return;
    for (const needed of table[name].needs ?? []) write(needed);
    written.add(name);
  };
  for (const name of names) write(name);
  return [...written].map((name) => table[name].code).join('\n');
}
