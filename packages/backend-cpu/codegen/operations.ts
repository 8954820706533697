/**
 * Writes the instructions of the expression interpreter as AssemblyScript: one tight loop per operation and
 * combination of operand kinds. A vector operand is a stream of elements; a scalar operand is one value,
 * loaded once before the loop.
 *
 * Each pass works on 32 bytes at a time as two 128-bit vectors whose results are stored next to each other:
 * that is the shape which V8 fuses to 256 bits.
 */

interface Operation {
  readonly name: string;
  readonly operands: number;
  /** Rough cost of an element in multiply-adds, for the choice of threads. Default 1. */
  readonly cost?: number;
  /** Body in AssemblyScript; `{a}`, `{b}`, `{c}`, `{e}`, `{g}` stand for the operands. */
  readonly body: string;
  /** The combinations of operand kinds that occur, if not all. */
  readonly patterns?: readonly string[];
  /** Whether 64 bytes are taken at a time, as far as they go: constants are loaded half as often. */
  readonly isUnrolled?: boolean;
  /** Arguments beyond the limit of the vector path take this scalar function, one by one. */
  readonly scalarBeyondLimit?: string;
}

const operations: readonly Operation[] = [
  { name: 'copy', operands: 1, body: '{a}', patterns: ['v', 's'] },
  { name: 'neg', operands: 1, body: 'negated<T>({a})' },
  { name: 'abs', operands: 1, body: 'absolute<T>({a})' },
  { name: 'sign', operands: 1, body: 'signOf<T>({a})' },
  { name: 'reciprocal', cost: 5, operands: 1, body: 'v128.div<T>(all<T>(1.0), {a})' },
  { name: 'sqrt', cost: 5, operands: 1, body: 'v128.sqrt<T>({a})' },
  { name: 'exp', cost: 12, operands: 1, body: 'exp<T>({a})' },
  { name: 'log', cost: 20, operands: 1, body: 'log<T>({a})' },
  { name: 'sin', cost: 20, operands: 1, body: 'sine<T>({a}, 0)', scalarBeyondLimit: 'NativeMath.sin' },
  { name: 'cos', cost: 20, operands: 1, body: 'sine<T>({a}, 1)', scalarBeyondLimit: 'NativeMath.cos' },
  { name: 'tanh', cost: 30, operands: 1, body: 'tanh<T>({a})' },
  { name: 'acos', cost: 30, operands: 1, body: 'arcCosine<T>({a})' },
  { name: 'arcCosine0', cost: 30, operands: 1, body: 'arcCosineKernel0<T>({a})' },
  { name: 'arcCosine1', cost: 35, operands: 1, body: 'arcCosineKernel1<T>({a})' },
  { name: 'add', operands: 2, body: 'v128.add<T>({a}, {b})' },
  { name: 'sub', operands: 2, body: 'v128.sub<T>({a}, {b})' },
  { name: 'mul', operands: 2, body: 'v128.mul<T>({a}, {b})' },
  { name: 'div', cost: 5, operands: 2, body: 'v128.div<T>({a}, {b})' },
  { name: 'min', operands: 2, body: 'v128.min<T>({a}, {b})' },
  { name: 'max', operands: 2, body: 'v128.max<T>({a}, {b})' },
  { name: 'pow', cost: 60, operands: 2, body: 'pow<T>({a}, {b})' },
  { name: 'madd', operands: 3, body: 'madd<T>({a}, {b}, {c})' },
  { name: 'nmadd', operands: 3, body: 'nmadd<T>({a}, {b}, {c})' },
  { name: 'expScaled', cost: 12, operands: 2, body: 'exp<T>(v128.mul<T>({a}, {b}))', patterns: ['vs'] },
  {
    name: 'expScaledRoot',
    cost: 15,
    operands: 2,
    body: 'exp<T>(v128.mul<T>(v128.sqrt<T>({a}), {b}))',
    patterns: ['vs'],
  },
  // Of distances and their squares, which are at least 0.
  {
    name: 'expScaledDistance',
    cost: 12,
    operands: 2,
    body: 'exp<T>(v128.mul<T>({a}, {b}))',
    patterns: ['vs'],
  },
  // In place of the two above for factors that are at most 0.
  {
    name: 'expDecayRoot',
    cost: 12,
    operands: 2,
    body: 'expOfNegative<T>(v128.mul<T>(v128.sqrt<T>({a}), {b}))',
    patterns: ['vs'],
    isUnrolled: true,
  },
  {
    name: 'expDecayDistance',
    cost: 9,
    operands: 2,
    body: 'expOfNegative<T>(v128.mul<T>({a}, {b}))',
    patterns: ['vs'],
    isUnrolled: true,
  },
  {
    name: 'squaredDistance',
    cost: 3,
    operands: 5,
    body: 'squaredDistance<T>({a}, {b}, {c}, v128.add<T>({e}, {g}))',
    patterns: ['vvvvv', 'vvsvs', 'vsvsv', 'vssss'],
  },
  { name: 'less', operands: 4, body: 'choose(v128.lt<T>({a}, {b}), {c}, {e})' },
  { name: 'lessEqual', operands: 4, body: 'choose(v128.le<T>({a}, {b}), {c}, {e})' },
];

const letters = ['a', 'b', 'c', 'e', 'g'] as const;

/**
 * The combinations of operand kinds that get a loop: 'v' stream, 's' scalar. All scalar runs as all streams.
 * A lone scalar is only copied.
 */
function patterns({ patterns, operands }: Operation): readonly string[] {
  if (patterns) return patterns;
  const all = Array.from({ length: 2 ** operands }, (_, bits) =>
    Array.from({ length: operands }, (_, i) => ((bits >> i) & 1 ? 's' : 'v')).join(''),
  );
  return all.filter((pattern) => pattern.includes('v'));
}

/** Every instruction, in the order of its number: operation name and operand kinds, e.g. `sub_vs`. */
export function instructionNames(): string[] {
  return operations.flatMap((operation) =>
    patterns(operation).map((pattern) => `${operation.name}_${pattern}`),
  );
}

/** Costs of operations that are not 1, by name. */
export function operationCosts(): Record<string, number> {
  return Object.fromEntries(
    operations.flatMap(({ name, cost }) => (cost === undefined ? [] : [[name, cost]])),
  );
}

function loop(operation: Operation, pattern: string): string {
  const { name, operands, body, isUnrolled, scalarBeyondLimit } = operation;
  const used = letters.slice(0, operands);
  const isScalar = (i: number): boolean => pattern[i] === 's';
  const at = (offset: number): string =>
    used.reduce(
      (text, letter, i) => text.replaceAll(`{${letter}}`, isScalar(i) ? `${letter}s` : `${letter}${offset}`),
      body,
    );
  const streams = used.filter((_, i) => !isScalar(i));
  const loads = (offset: number): string[] =>
    streams.map((letter) => `    const ${letter}${offset} = v128.load(${letter}, ${offset});`);
  const lines = [
    `function ${name}_${pattern}<T>(d: usize, a: usize, b: usize, c: usize, e: usize, g: usize, n: i32): void {`,
    ...(scalarBeyondLimit ? ['  const aside = scratch();', '  const lost = beyond<T>(a, n);'] : []),
    ...used.flatMap((letter, i) =>
      isScalar(i) ? [`  const ${letter}s = v128.load_splat<T>(${letter});`] : [],
    ),
    ...(isUnrolled
      ? [
          '  let pairs = n >> 1;',
          '  if (pairs) {',
          '    do {',
          ...[0, 16, 32, 48].flatMap((offset) => [...loads(offset), `    const r${offset} = ${at(offset)};`]),
          ...[0, 16, 32, 48].map((offset) => `    v128.store(d, r${offset}, ${offset});`),
          '    d += 64;',
          ...streams.map((letter) => `    ${letter} += 64;`),
          '    } while (--pairs);',
          '  }',
          '  if (!(n & 1)) return;',
          '  n = 1;',
        ]
      : []),
    '  do {',
    ...loads(0),
    ...loads(16),
    `    const r0 = ${at(0)};`,
    `    const r1 = ${at(16)};`,
    ...(scalarBeyondLimit ? ['    if (lost) keep(aside, a0, a16);'] : []),
    '    v128.store(d, r0);',
    '    v128.store(d, r1, 16);',
    ...(scalarBeyondLimit
      ? [
          '    if (lost) {',
          '      for (let i: usize = 0; i < 32; i += sizeof<T>()) {',
          '        const x = <f64>load<T>(aside + i);',
          `        if (!(abs(x) < trigonometricLimit<T>())) store<T>(d + i, <T>${scalarBeyondLimit}(x));`,
          '      }',
          '    }',
        ]
      : []),
    '    d += 32;',
    ...streams.map((letter) => `    ${letter} += 32;`),
    '  } while (--n);',
    '}',
  ];
  return lines.join('\n');
}

/** The whole generated file. */
export function operationLoops(): string {
  const names = instructionNames();
  const lookup = [
    '/** Table index of an instruction. */',
    'export function instruction<T>(number: i32): i32 {',
    '  switch (number) {',
    ...names.flatMap((name, number) => [
      `    case ${number}: {`,
      '      const f = (d: usize, a: usize, b: usize, c: usize, e: usize, g: usize, n: i32): void =>',
      `        ${name}<T>(d, a, b, c, e, g, n);`,
      '      return f.index;',
      '    }',
    ]),
    '  }',
    '  return -1;',
    '}',
  ].join('\n');
  return [
    '// Generated by codegen/operations.ts. Do not edit.',
    [
      "import { absolute, all, choose, negated } from '../math/bits';",
      "import { exp, expOfNegative } from '../math/exp';",
      "import { log } from '../math/log';",
      "import { pow } from '../math/pow';",
      "import { signOf } from '../math/sign';",
      "import { squaredDistance } from '../math/squared-distance';",
      "import { tanh } from '../math/tanh';",
      "import { arcCosine, arcCosineKernel0, arcCosineKernel1, beyond, sine, trigonometricLimit } from '../math/trigonometry';",
      "import { madd, nmadd } from '../simd';",
      "import { scratch } from '../threads';",
    ].join('\n'),
    [
      '/** Saves the arguments of two vectors, which the result may overwrite. */',
      'function keep(aside: usize, a: v128, b: v128): void {',
      '  v128.store(aside, a);',
      '  v128.store(aside, b, 16);',
      '}',
    ].join('\n'),
    ...operations.flatMap((operation) => patterns(operation).map((pattern) => loop(operation, pattern))),
    lookup,
    '',
  ].join('\n\n');
}
