import { OptionError, OutOfMemoryError, ValueError } from '@agop/core';
import {
  basicOperations,
  findOperation,
  modularOperations,
  modularTable,
  modularTask,
  modularTaskSizes,
} from '@agop/grokking';
import {
  discreteLogarithms,
  fourierKernelPredictor,
  fourierMultiplication,
  inverseModulo,
  isPrime,
  logarithmOrder,
  powerModulo,
  randomCirculantRow,
  smallestPrimitiveRoot,
} from '@agop/grokking/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const primes = [2, 3, 5, 7, 11, 13, 17, 31, 61, 97];

describe('numbers that are too large', () => {
  const large = [2 ** 32 + 1, 2 ** 53 - 111, 1e300, Number.POSITIVE_INFINITY, Number.NaN, -1, 2.5];

  it.each(large)('p = %d ends at once', (p) => {
    for (const given of [
      () => discreteLogarithms(p),
      () => logarithmOrder(p),
      () => smallestPrimitiveRoot(p),
      () => powerModulo(2, 3, p),
      () => inverseModulo(2, p),
      () => powerModulo(2, p === 2 ** 32 + 1 || p === 2 ** 53 - 111 ? -p : p, 7),
    ]) {
      expect(given).toThrow(expect.objectContaining({ code: 'OPTION' }));
    }
    for (const given of [
      () => fourierKernelPredictor('add', p),
      () => fourierMultiplication(basicOperations.add, p),
      () => fourierMultiplication(basicOperations.mul, p),
      () => randomCirculantRow(basicOperations.add, p, 0),
      () => modularTable(basicOperations.add, p),
      () => modularTask({ operation: '/', p }),
    ]) {
      expect(given).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(OPTION|OUT_OF_MEMORY)$/) }),
      );
    }
  });
});

describe('residues', () => {
  it('recognises primes', () => {
    expect(Array.from({ length: 32 }, (_, n) => n).filter(isPrime)).toEqual([
      2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31,
    ]);
    expect([-7, 7.5, Number.NaN, Number.POSITIVE_INFINITY].some(isPrime)).toBe(false);
  });

  it('inverts every nonzero residue', () => {
    for (const p of primes) {
      for (let a = 1; a < p; a++) expect((a * inverseModulo(a, p)) % p).toBe(1 % p);
    }
  });

  it('raises to powers without losing digits', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 26 - 1),
        fc.nat(1000),
        fc.integer({ min: 2, max: 2 ** 26 }),
        (base, exponent, p) => {
          let exact = 1n;
          for (let e = 0; e < exponent; e++) exact = (exact * BigInt(base)) % BigInt(p);
          expect(powerModulo(base, exponent, p)).toBe(Number(exact % BigInt(p)));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('finds the smallest primitive root', () => {
    expect(primes.map(smallestPrimitiveRoot)).toEqual([1, 2, 2, 3, 2, 2, 3, 3, 2, 5]);
  });

  it('orders the nonzero residues so that multiplication is addition', () => {
    for (const p of primes) {
      const order = logarithmOrder(p);
      const logs = discreteLogarithms(p);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: p - 1 }, (_, i) => i + 1));
      for (let a = 1; a < p; a++) {
        for (let b = 1; b < p; b++) {
          expect(logs[(a * b) % p]).toBe(((logs[a] as number) + (logs[b] as number)) % (p - 1));
        }
      }
    }
  });

  it('refuses a logarithm order for a composite p, and names a prime nearby', () => {
    expect(() => logarithmOrder(60)).toThrow(OptionError);
    expect(() => logarithmOrder(60)).toThrow(/prime p, but p is 60\. Use 61/);
  });
});

describe('operations', () => {
  it('are found by symbol, name and formula', () => {
    expect(findOperation('+')).toBe(basicOperations.add);
    expect(findOperation('sub')).toBe(basicOperations.sub);
    expect(findOperation('x * y')).toBe(basicOperations.mul);
    expect(findOperation('÷')).toBe(basicOperations.div);
    expect(findOperation('x²+xy+y²').name).toBe('x^2+xy+y^2');
    expect(() => findOperation('x^y')).toThrow(
      /There is no operation 'x\^y'\. Use \+, -, \* or \/, or one of 'add'/,
    );
    for (const name of ['__proto__', 'constructor', 'toString', '']) {
      expect(() => findOperation(name)).toThrow(/^There is no operation '.*'\. Use \+/);
    }
  });

  it('give the residue of the formula', () => {
    const exact: Record<string, (x: bigint, y: bigint) => bigint> = {
      add: (x, y) => x + y,
      sub: (x, y) => x - y,
      mul: (x, y) => x * y,
      'x^2+y': (x, y) => x * x + y,
      'x^2+y^2': (x, y) => x * x + y * y,
      'x^2+xy+y^2': (x, y) => x * x + x * y + y * y,
      'x^2+xy+y^2+x': (x, y) => x * x + x * y + y * y + x,
      'x^3+xy': (x, y) => x * x * x + x * y,
      'x^3+xy^2+y': (x, y) => x * x * x + x * y * y + y,
    };
    const residueOf = (n: bigint, p: number): number => Number(((n % BigInt(p)) + BigInt(p)) % BigInt(p));
    for (const { name, result } of modularOperations) {
      const formula = exact[name];
      if (!formula) continue;
      for (const [a, b, p] of [
        [0, 0, 7],
        [3, 5, 7],
        [6, 6, 7],
        [60, 59, 61],
        [2, 7, 12],
        [1e6, 999_999, 1e6 + 3],
      ] as const) {
        expect(result(a, b, p), `${name}(${a}, ${b}) mod ${p}`).toBe(
          residueOf(formula(BigInt(a), BigInt(b)), p),
        );
      }
    }
    expect(basicOperations.div.result(3, 5, 7)).toBe(2); // 2 * 5 = 10 = 3
    expect(findOperation('parity').result(3, 5, 7)).toBe(2);
    expect(findOperation('parity').result(3, 4, 7)).toBe(6);
  });
});

describe('modularTask', () => {
  it('splits the table without loss, the same way for the same seed', () => {
    const task = modularTask({ operation: '/', p: 11, fraction: 0.4, seed: 3 });
    expect(task.train.size).toBe(44);
    expect(task.test.size).toBe(66);
    const rows = (part: typeof task.train): number[] =>
      [...part.a].map((a, i) => a * 11 + (part.b[i] as number));
    expect(new Set([...rows(task.train), ...rows(task.test)]).size).toBe(110);
    expect(rows(modularTask({ operation: '/', p: 11, fraction: 0.4, seed: 3 }).train)).toEqual(
      rows(task.train),
    );
    expect(rows(modularTask({ operation: '/', p: 11, fraction: 0.4, seed: 4 }).train)).not.toEqual(
      rows(task.train),
    );
    expect(
      task.train.labels.every((l, i) => (l * (task.train.b[i] as number)) % 11 === task.train.a[i]),
    ).toBe(true);
  });

  it('writes one-hot rows and labels', () => {
    const table = modularTable(basicOperations.sub, 3);
    const { train, test, columns } = modularTask({
      operation: '-',
      p: 3,
      split: { train: [5, 1], test: [0] },
    });
    expect(columns).toBe(6);
    expect([table.a[5], table.b[5], table.labels[5]]).toEqual([1, 2, 2]);
    expect([...train.inputs]).toEqual([0, 1, 0, 0, 0, 1, /* row 1 = (0, 1) */ 1, 0, 0, 0, 1, 0]);
    expect([...train.targets]).toEqual([0, 0, 1, 0, 0, 1]);
    expect([...test.targets]).toEqual([1, 0, 0]);
  });

  it('joins two operations with a task bit on the same pairs', () => {
    const task = modularTask({ operation: ['+', 'x^2+y^2'], p: 5, fraction: 0.8 });
    expect(task.columns).toBe(11);
    expect(task.train.size).toBe(40);
    expect(task.test.size).toBe(10);
    const { a, b, labels, operationIndex, inputs } = task.train;
    for (let i = 0; i < 20; i++) {
      const [x, y] = [a[i] as number, b[i] as number];
      expect([a[i + 20], b[i + 20]]).toEqual([x, y]);
      expect([labels[i], labels[i + 20]]).toEqual([(x + y) % 5, (x * x + y * y) % 5]);
      expect([operationIndex[i], operationIndex[i + 20]]).toEqual([0, 1]);
      expect([inputs[i * 11 + 10], inputs[(i + 20) * 11 + 10]]).toEqual([0, 1]);
    }
  });

  it('leaves out b = 0 for both operations when one divides', () => {
    const task = modularTask({ operation: ['+', '/'], p: 5, fraction: 0.5 });
    expect(task.train.size + task.test.size).toBe(40);
    expect([...task.train.b, ...task.test.b].includes(0)).toBe(false);
  });

  it.each([
    [(a: number, b: number) => a - b, -1, '(0, 1)', 1],
    [(a: number, b: number) => a + b, 5, '(1, 4)', 9],
    [(a: number, b: number) => (a + b) / 2, 0.5, '(0, 1)', 1],
    [() => Number.NaN, Number.NaN, '(0, 0)', 0],
  ])("refuses an operation of one's own that gives no residue: %s", (result, value, pair, row) => {
    const own = { name: 'own', formula: 'own', divides: false, result };
    for (const operation of [own, ['+', own] as const]) {
      const build = () => modularTask({ operation, p: 5 });
      expect(build).toThrow(ValueError);
      expect(build).toThrow(`The operation 'own' gives ${value} for ${pair} modulo 5.`);
    }
    expect(() => modularTable(own, 5)).toThrow(expect.objectContaining({ code: 'VALUE', row }));
  });

  it('refuses a table that no memory holds', () => {
    expect(() => modularTask({ operation: '+', p: 1e6 })).toThrow(OutOfMemoryError);
    expect(() => modularTask({ operation: '+', p: 1e6 })).toThrow(
      /cannot allocate 11 TiB\. The table modulo 1000000 has 1000000000000 pairs/,
    );
    expect(() => modularTask({ operation: '/', p: 1e9 })).toThrow(OutOfMemoryError);
  });

  it.each([
    { operation: '+', p: 17, fraction: 0.7 },
    { operation: '/', p: 17, fraction: 0.7 },
    { operation: ['x^2+y^2', '/'] as const, p: 7, fraction: 0.3 },
    { operation: '-', p: 3, split: { train: [5, 1], test: [0] } },
    { operation: '+' },
  ])('has the sizes that are foretold: %o', (options) => {
    const { train, test, columns, p } = modularTask(options);
    expect(modularTaskSizes(options)).toEqual({
      trainSize: train.size,
      testSize: test.size,
      columns,
      p,
    });
  });

  it('works for composite p where nothing divides', () => {
    expect(modularTask({ operation: '*', p: 12 }).train.size).toBe(72);
  });

  it.each([
    [{ operation: '/', p: 60 }, /Division .* needs a prime p, but p is 60/],
    [{ operation: '+', p: 1 }, /p must be a whole number from 2/],
    [{ operation: '+', p: 61.5 }, /p must be a whole number from 2/],
    [{ operation: '+', p: 7, fraction: 0 }, /between 0 and 1, but is 0/],
    [{ operation: '+', p: 7, fraction: 1 }, /between 0 and 1, but is 1/],
    [{ operation: '+', p: 7, fraction: Number.NaN }, /between 0 and 1, but is NaN/],
    [{ operation: '+', p: 7, fraction: 0.01 }, /leaves no training pair of the 49 .* at least 0\.0205/],
    [{ operation: '+', p: 7, seed: -1 }, /seed must be a whole number from 0/],
    [{ operation: ['+', 'add'] as const, p: 7 }, /Both operations of the task are 'add'/],
    [{ operation: '+', p: 3, split: { train: [0], test: [] } }, /The test split is empty/],
    [
      { operation: '+', p: 3, split: { train: [0, 9], test: [1] } },
      /train\[1\] is 9, which is not a row of the table \(0 to 8\)/,
    ],
    [{ operation: '+', p: 3, split: { train: [0, 1], test: [1] } }, /Row 1 occurs twice/],
  ])('refuses %o', (options, message) => {
    expect(() => modularTask(options)).toThrow(OptionError);
    expect(() => modularTask(options)).toThrow(message);
  });
});
