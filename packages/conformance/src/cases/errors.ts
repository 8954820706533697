import { type AgopErrorCode, type Backend, type DType, input, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import type { Trial } from '../trial.ts';

type Attempt = (t: Trial, m: Operands) => unknown;

/** Operands that fit nothing by accident: [3, 4], [4, 5], [4, 4], int32 [4, 4], [2, 2, 2]. */
interface Operands {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly square: Tensor;
  readonly integers: Tensor;
  readonly cube: Tensor;
}

const e = input('x').add(input('y'));
const u = input('u');

const mistakes: Readonly<Partial<Record<AgopErrorCode, Readonly<Record<string, Attempt>>>>> = {
  SHAPE: {
    'tensor: too few elements': (t) => t.tensor([1, 2, 3], [2, 2]),
    'tensor: negative length': (t) => t.tensor([], [-1]),
    'full: broken length': (t) => t.ops.full([1.5], 0, t.dtype),
    'identity: negative order': (t) => t.ops.identity(-2, t.dtype),
    'reshape: another size': (t, m) => t.ops.reshape(m.a, [5, 3]),
    'transpose: rank 3': (t, m) => t.ops.transpose(m.cube),
    'rows: beyond the end': (t, m) => t.ops.rows(m.a, 1, 4),
    'rows: negative': (t, m) => t.ops.rows(m.a, -1, 2),
    'rows: end before begin': (t, m) => t.ops.rows(m.a, 2, 1),
    'gather: a matrix of indices': (t, m) => t.ops.gather(m.a, m.integers),
    'concat: nothing': (t) => t.ops.concat([], 0),
    'concat: different columns': (t, m) => t.ops.concat([m.a, m.b], 0),
    'concat: different rows': (t, m) => t.ops.concat([m.a, m.b], 1),
    'diagonal: not square': (t, m) => t.ops.diagonal(m.a),
    'matmul: do not chain': (t, m) => t.ops.matmul(m.a, m.a),
    'matmul: do not chain transposed': (t, m) => t.ops.matmul(m.a, m.b, { transposeA: true }),
    'matmul: rank 3': (t, m) => t.ops.matmul(m.cube, m.cube),
    'matmul: wrong out': (t, m) => t.ops.matmul(m.a, m.b, { out: m.a }),
    'matmul: rows that do not divide': (t, m) => t.ops.matmul(m.a, m.square, { batches: 2 }),
    'matmul: batches that do not chain': (t, m) => t.ops.matmul(m.square, m.square, { batches: 2 }),
    'gram: wrong out': (t, m) => t.ops.gram(m.a, { out: m.square }),
    'cholesky: not square': (t, m) => t.ops.cholesky(m.a),
    'solveTriangular: wrong rows': (t, m) => t.ops.solveTriangular(m.square, m.a),
    'solveTriangular: not square': (t, m) => t.ops.solveTriangular(m.a, m.a),
    'solvePositiveDefinite: wrong rows': (t, m) => t.ops.solvePositiveDefinite(m.square, m.a),
    'eigh: not square': (t, m) => t.ops.eigh(m.a),
    'map: shapes that do not broadcast': (t, m) => t.ops.map(e, { x: m.a, y: m.b }),
    'map: a column that is too long': (t, m) => t.ops.map(e, { x: m.a, y: t.tensor([1, 2], [2, 1]) }),
    'map: rank 3 with a matrix': (t, m) => t.ops.map(e, { x: m.cube, y: m.a }),
    'map: wrong out': (t, m) => t.ops.map(e, { x: m.a, y: 1 }, { out: m.b }),
    'mean: rank 3': (t, m) => t.ops.mean(m.cube, 0),
    'argmax: empty axis': (t) => t.ops.argmax(t.tensor([], [0, 3]), 0),
    'pairwise: rows of different length': (t, m) => t.ops.pairwise(m.a, m.b, u),
    'pairwise: an input larger than the result': (t, m) =>
      t.ops.pairwise(m.a, m.a, u.add(input('x')), { inputs: { x: m.square } }),
    'pairwise: not symmetric': (t, m) => t.ops.pairwise(m.a, m.square, u, { symmetric: true }),
    'powerDistances: rows of different length': (t, m) => t.ops.powerDistances(m.a, m.b, 2),
    'powerDistanceGradients: wrong weights': (t, m) => t.ops.powerDistanceGradients(m.b, m.a, m.a, 2),
    'patches: not images': (t, m) => t.ops.patches(m.a, { size: 1 }),
    'windowSums: rows that are no grid': (t, m) => t.ops.windowSums(m.a, { height: 2, width: 2, size: 1 }),
    'windowSums: larger than the grid': (t, m) =>
      t.ops.windowSums(m.square, { height: 2, width: 2, size: 3 }),
    'windowSums: rank 3': (t, m) => t.ops.windowSums(m.cube, { height: 1, width: 1, size: 1 }),
    'windowSums: wrong out': (t, m) => t.ops.windowSums(m.square, { height: 2, width: 2, size: 2, out: m.a }),
    'patches: larger than the image': (t) => t.ops.patches(t.tensor([1], [1, 1, 1, 1]), { size: 2 }),
  },
  OPTION: {
    'random: negative seed': (t) => t.ops.random([2], 'normal', { seed: -1 }, t.dtype),
    'random: broken stream': (t) => t.ops.random([2], 'normal', { seed: 1, stream: 0.5 }, t.dtype),
    'matmul: beta without out': (t, m) => t.ops.matmul(m.a, m.b, { beta: 1 }),
    'matmul: out is an operand': (t, m) => t.ops.matmul(m.square, t.ops.clone(m.square), { out: m.square }),
    'matmul: no batches': (t, m) => t.ops.matmul(m.a, m.square, { batches: 0 }),
    'matmul: a broken number of batches': (t, m) => t.ops.matmul(m.a, m.square, { batches: 1.5 }),
    'gram: out is the operand': (t, m) => t.ops.gram(m.square, { out: m.square }),
    'gram: beta without out': (t, m) => t.ops.gram(m.a, { beta: -1 }),
    'solveTriangular: overwrite the factor': (t, m) =>
      t.ops.solveTriangular(m.square, m.square, { overwrite: true }),
    'solvePositiveDefinite: overwrite the right-hand side': (t, m) =>
      t.ops.solvePositiveDefinite(m.square, m.square, { overwrite: true }),
    'map: an input without value': (t, m) => t.ops.map(e, { x: m.a }),
    'map: a value without input': (t, m) => t.ops.map(e, { x: m.a, y: m.a, z: 1 }),
    'map: no tensor': (t) => t.ops.map(e, { x: 1, y: 2 }),
    'map: out is a broadcast input': (t, m) => {
      const row = t.tensor([1, 2, 3, 4], [1, 4]);
      return t.ops.map(e, { x: m.a, y: row }, { out: row });
    },
    'pairwise: an input without value': (t, m) => t.ops.pairwise(m.a, m.a, u.add(e), { inputs: { x: 1 } }),
    'pairwise: u is given': (t, m) => t.ops.pairwise(m.a, m.a, u, { inputs: { u: 1 } }),
    'pairwise: out is an operand': (t, m) => t.ops.pairwise(m.square, m.square, u, { out: m.square }),
    'pairwise: out is an input': (t, m) => {
      const x = t.ops.clone(m.square);
      return t.ops.pairwise(m.square, m.square, u.add(input('x')), { inputs: { x }, out: x });
    },
    'powerDistances: p = 0': (t, m) => t.ops.powerDistances(m.a, m.a, 0),
    'powerDistances: p = NaN': (t, m) => t.ops.powerDistances(m.a, m.a, Number.NaN),
    'patches: size 0': (t) => t.ops.patches(t.tensor([1], [1, 1, 1, 1]), { size: 0 }),
    'patches: stride 0': (t) => t.ops.patches(t.tensor([1], [1, 1, 1, 1]), { size: 1, stride: 0 }),
    'patches: padding -1': (t) => t.ops.patches(t.tensor([1], [1, 1, 1, 1]), { size: 1, padding: -1 }),
    'windowSums: size 0': (t, m) => t.ops.windowSums(m.square, { height: 2, width: 2, size: 0 }),
    'windowSums: height 1.5': (t, m) => t.ops.windowSums(m.square, { height: 1.5, width: 2, size: 1 }),
    'windowSums: padding -1': (t, m) =>
      t.ops.windowSums(m.square, { height: 2, width: 2, size: 1, padding: -1 }),
    'windowSums: out is the operand': (t, m) =>
      t.ops.windowSums(m.square, { height: 2, width: 2, size: 1, out: m.square }),
  },
  DTYPE: {
    'gather: float indices': (t, m) => t.ops.gather(m.a, t.tensor([0, 1])),
    'concat: two dtypes': (t, m) => t.ops.concat([m.square, m.integers], 0),
    'matmul: integers': (t, m) => t.ops.matmul(m.integers, m.integers),
    'matmul: out of another dtype': (t, m) => t.ops.matmul(m.square, m.square, { out: m.integers }),
    'cholesky: integers': (t, m) => t.ops.cholesky(m.integers),
    'eigh: integers': (t, m) => t.ops.eigh(m.integers),
    'map: integers': (t, m) => t.ops.map(e, { x: m.integers, y: 1 }),
    'map: two dtypes': (t, m) => t.ops.map(e, { x: m.square, y: otherDType(t, m) }),
    'sum: integers': (t, m) => t.ops.sum(m.integers, 0),
    'pairwise: an input of another dtype': (t, m) =>
      t.ops.pairwise(m.square, m.square, u.add(input('x')), { inputs: { x: otherDType(t, m) } }),
    'windowSums: integers': (t, m) => t.ops.windowSums(m.integers, { height: 2, width: 2, size: 1 }),
  },
};

export const errorCases: readonly ConformanceCase[] = [
  ...Object.entries(mistakes).flatMap(([code, attempts]) =>
    Object.entries(attempts).map(([name, attempt]) =>
      defineCase('errors', name, async (t) => {
        const operands = makeOperands(t);
        await t.fails(name, code as AgopErrorCode, () => attempt(t, operands));
        await t.equal('an operand afterwards', operands.a, [3, 4], new Array<number>(12).fill(0.5));
      }),
    ),
  ),

  defineCase('errors', 'a disposed operand', async (t) => {
    const { a, square } = makeOperands(t);
    a.dispose();
    square.dispose();
    for (const [name, call] of Object.entries(everyOperation(t, a, square)))
      await t.fails(name, 'DISPOSED', call);
  }),

  defineCase('errors', 'a tensor of another backend, which survives', async (t) => {
    using other = createNaiveBackend();
    const a = other.full([3, 4], 1, t.dtype);
    const square = other.identity(4, t.dtype);
    for (const [name, call] of Object.entries(everyOperation(t, a, square))) {
      await t.fails(name, 'BACKEND_MISMATCH', call);
    }
    demand((await square.read())[0] === 1, 'The foreign tensor must be untouched.');
  }),

  defineCase('errors', 'more memory than there is, after which all goes on', async (t) => {
    const before = t.ops.memory();
    const survivor = t.ops.full([2], 7, t.dtype);
    await t.equal('what was there', survivor, [2], [7, 7]);
    const tall = t.ops.full([2 ** 24, 0], 0, t.dtype);
    const attempts: Readonly<Record<string, (ops: Backend) => Tensor>> = {
      full: (ops) => ops.full([2 ** 26, 2 ** 26], 1, t.dtype),
      identity: (ops) => ops.identity(2 ** 26, t.dtype),
      gram: (ops) => ops.gram(tall),
      'the sum of what has failed': (ops) => ops.sum(ops.full([2 ** 26, 2 ** 26], 1, t.dtype), 'all'),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      await t.fails(`${name}, or the read() of it`, 'OUT_OF_MEMORY', async () => {
        using scope = new Scope(t.ops);
        await attempt(scope.ops).read();
      });
    }
    await t.equal('what was there, afterwards', survivor, [2], [7, 7]);
    survivor.dispose();
    tall.dispose();
    demand(t.ops.memory().bytes === before.bytes, 'A refused tensor must not be counted.');
    await t.equal('the next one', t.ops.full([2], 3, t.dtype), [2], [3, 3]);
  }),

  defineCase('errors', 'a dtype that the backend does not compute in', async (t) => {
    for (const dtype of ['float32', 'float64'] as const) {
      if (!t.ops.dtypes.includes(dtype)) await t.fails(dtype, 'DTYPE', () => t.ops.full([2], 0, dtype));
    }
  }),
];

function makeOperands(t: Trial): Operands {
  return {
    a: t.ops.full([3, 4], 0.5, t.dtype),
    b: t.ops.full([4, 5], 0.5, t.dtype),
    square: t.ops.identity(4, t.dtype),
    integers: t.ops.full([4, 4], 1, 'int32'),
    cube: t.ops.full([2, 2, 2], 0.5, t.dtype),
  };
}

/** A float tensor [4, 4] of another dtype, or integers where there is only one. */
function otherDType(t: Trial, { square, integers }: Operands): Tensor {
  const other: DType | undefined = t.ops.dtypes.find((dtype) => dtype !== square.dtype);
  return other ? t.ops.cast(square, other) : integers;
}

function everyOperation(t: Trial, a: Tensor, square: Tensor): Record<string, () => unknown> {
  const { ops } = t;
  return {
    clone: () => ops.clone(a),
    reshape: () => ops.reshape(a, [12]),
    cast: () => ops.cast(a, 'int32'),
    transpose: () => ops.transpose(a),
    rows: () => ops.rows(a, 0, 1),
    gather: () => ops.gather(a, t.indices([0])),
    concat: () => ops.concat([ops.full([3, 4], 0, t.dtype), a], 0),
    diagonal: () => ops.diagonal(square),
    matmul: () => ops.matmul(a, square),
    'matmul into out': () => ops.matmul(ops.identity(4, t.dtype), ops.identity(4, t.dtype), { out: square }),
    gram: () => ops.gram(a),
    cholesky: () => ops.cholesky(square),
    'cholesky in place': () => ops.cholesky(square, { overwrite: true }),
    solveTriangular: () => ops.solveTriangular(square, ops.identity(4, t.dtype)),
    solvePositiveDefinite: () => ops.solvePositiveDefinite(ops.identity(4, t.dtype), square),
    eigh: () => ops.eigh(square),
    map: () => ops.map(input('x').exp(), { x: a }),
    sum: () => ops.sum(a, 1),
    argmax: () => ops.argmax(a, 1),
    pairwise: () => ops.pairwise(a, a, u),
    'an input of pairwise': () =>
      ops.pairwise(ops.identity(4, t.dtype), ops.identity(4, t.dtype), u.add(input('x')), {
        inputs: { x: square },
      }),
    powerDistances: () => ops.powerDistances(a, a, 2),
    powerDistanceGradients: () => ops.powerDistanceGradients(square, square, square, 2),
    patches: () => ops.patches(a, { size: 1 }),
    'matmul in batches': () => ops.matmul(square, ops.identity(4, t.dtype), { batches: 4, transposeB: true }),
    windowSums: () => ops.windowSums(square, { height: 2, width: 2, size: 1 }),
  };
}
