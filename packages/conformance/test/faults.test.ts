import { conformanceCases } from '@agop/conformance';
import { type Backend, randomArray, type TypedArray } from '@agop/core';
import { createBackend, type Engine, type Matrix } from '@agop/core/engine';
import { naiveEngine } from '@agop/core/naive';
import { describe, expect, it, test } from 'vitest';

// The suite has to see what is wrong with a backend: each of these engines has one fault.

type Dense = Matrix<TypedArray>;
const good = naiveEngine;

function backendWith(fault: Partial<Engine<TypedArray>>): Backend {
  return createBackend({ ...good, ...fault });
}

function element(m: Dense, i: number, j: number): number {
  return m.buffer[i * m.columns + j] as number;
}

function setElement(m: Dense, i: number, j: number, value: number): void {
  m.buffer[i * m.columns + j] = value;
}

/** The fault, by what it does, in the groups of cases that should find it. */
const faults: Readonly<Record<string, readonly [groups: string, fault: Partial<Engine<TypedArray>>]>> = {
  'write ignores the last element': [
    'make',
    {
      write(buffer, data, dtype) {
        good.write(buffer, data, dtype);
        if (buffer.length > 1000) buffer[buffer.length - 1] = 0;
      },
    },
  ],
  'read gives the memory itself': ['make', { read: async (buffer) => buffer }],
  'read waits before it copies': [
    'life',
    {
      async read(buffer) {
        await Promise.resolve();
        return buffer.slice();
      },
      free: (buffer) => void buffer.fill(0),
    },
  ],
  'random ignores the stream': [
    'make',
    {
      random: (out, kind, { seed }) =>
        out.buffer.set(randomArray(out.buffer.length, kind, { seed }, 'float64')),
    },
  ],
  'memory runs out with a foreign error': [
    'errors',
    {
      allocate(size, dtype) {
        if (size > 2 ** 33) throw new RangeError('Invalid typed array length');
        return good.allocate(size, dtype);
      },
    },
  ],
  'transpose fails beyond a block': [
    'rearrange',
    {
      transpose(a, out) {
        good.transpose(a, out);
        if (a.rows > 128 && a.columns > 128) setElement(out, 200, 128, element(out, 200, 127));
      },
    },
  ],
  'matmul reads out with beta 0': [
    'matmul',
    {
      matmul(a, b, terms, out) {
        const old = out.buffer.slice();
        good.matmul(a, b, terms, out);
        if (terms.beta === 0)
          for (let i = 0; i < old.length; i++)
            out.buffer[i] = (out.buffer[i] as number) + 0 * (old[i] as number);
      },
    },
  ],
  'matmul ignores beta': [
    'matmul',
    { matmul: (a, b, terms, out) => good.matmul(a, b, { ...terms, beta: 0 }, out) },
  ],
  'matmul skips zeros, and with them NaN': [
    'matmul',
    {
      matmul(a, b, terms, out) {
        good.matmul(a, b, terms, out);
        for (let i = 0; i < out.buffer.length; i++) if (Number.isNaN(out.buffer[i])) out.buffer[i] = 0;
      },
    },
  ],
  'matmul drops the last of many terms': [
    'matmul',
    {
      matmul(a, b, terms, out) {
        if (a.columns > 256 && !terms.transposeA && !terms.transposeB) {
          const cut = a.buffer.slice();
          for (let i = 0; i < a.rows; i++) cut[i * a.columns + a.columns - 1] = 0;
          good.matmul({ ...a, buffer: cut }, b, terms, out);
        } else good.matmul(a, b, terms, out);
      },
    },
  ],
  'products have half the digits': [
    'matmul',
    {
      matmul(a, b, terms, out) {
        good.matmul(a, b, terms, out);
        const unit = out.dtype === 'float64' ? 1e-10 : 1e-4; // single, or a tensor core's
        for (let i = 0; i < out.buffer.length; i++) out.buffer[i] = (out.buffer[i] as number) * (1 + unit);
      },
    },
  ],
  'gram is not exactly symmetric': [
    'gram',
    {
      gram(a, terms, out) {
        good.gram(a, terms, out);
        if (out.rows > 64) setElement(out, 0, 64, element(out, 0, 64) * (1 + 2 ** -22));
      },
    },
  ],
  'cholesky leaves the upper triangle': [
    'cholesky',
    {
      async cholesky(a, ridge) {
        const old = a.buffer.slice();
        await good.cholesky(a, ridge);
        if (a.rows > 1) a.buffer[1] = old[1] as number;
      },
    },
  ],
  'cholesky counts pivots from its block': [
    'cholesky',
    {
      async cholesky(a, ridge) {
        try {
          await good.cholesky(a, ridge);
        } catch (error) {
          if (error instanceof Error && 'pivot' in error) error.pivot = (error.pivot as number) % 64;
          throw error;
        }
      },
    },
  ],
  'cholesky ignores the ridge': ['cholesky', { cholesky: (a) => good.cholesky(a, 0) }],
  'solveTriangular reads above the diagonal': [
    'solveTriangular',
    {
      solveTriangular(l, b, transpose) {
        good.solveTriangular(l, b, transpose);
        if (l.rows > 1 && b.columns > 0) setElement(b, 0, 0, element(b, 0, 0) + 0 * element(l, 0, 1));
      },
    },
  ],
  'a solution is off by a little': [
    'solvePositiveDefinite',
    {
      solveTriangular(l, b, transpose) {
        good.solveTriangular(l, b, transpose);
        const unit = b.dtype === 'float64' ? 1e-11 : 1e-2;
        if (l.rows > 40) setElement(b, 20, 0, element(b, 20, 0) * (1 + unit));
      },
    },
  ],
  'eigenvalues descend': [
    'eigh',
    {
      async eigh(a, values, vectors) {
        await good.eigh(a, values, vectors);
        values.buffer.reverse();
      },
    },
  ],
  'eigenvectors are not quite orthogonal': [
    'eigh',
    {
      async eigh(a, values, vectors) {
        await good.eigh(a, values, vectors);
        const unit = a.dtype === 'float64' ? 1e-11 : 1e-3;
        if (a.rows > 4) setElement(vectors, 3, 1, element(vectors, 3, 1) + unit);
      },
    },
  ],
  'eigh takes NaN': [
    'eigh',
    {
      async eigh(a, values, vectors) {
        await good.eigh({ ...a, buffer: a.buffer.map((x) => (Number.isFinite(x) ? x : 0)) }, values, vectors);
      },
    },
  ],
  'rows and columns are mixed up in broadcasting': [
    'map',
    {
      map(expression, inputs, out) {
        const mixed = inputs.map((bound) =>
          bound.kind === 'row' ? { ...bound, kind: 'single' as const } : bound,
        );
        good.map(expression, mixed, out);
      },
    },
  ],
  'the last elements of a long map are left out': [
    'operators',
    {
      map(expression, inputs, out) {
        good.map(expression, inputs, out);
        if (out.buffer.length > 4096) out.buffer.fill(0, 5002);
      },
    },
  ],
  'NaN is lost in the maximum': [
    'reductions',
    {
      reduce(kind, a, axis, out) {
        const clean = a.buffer.map((x) => (Number.isNaN(x) ? Number.NEGATIVE_INFINITY : x));
        good.reduce(kind, kind === 'max' ? { ...a, buffer: clean } : a, axis, out);
      },
    },
  ],
  'the mean of nothing is 0': [
    'reductions',
    {
      mean(a, axis, out) {
        good.mean(a, axis, out);
        if (a.buffer.length === 0) out.buffer.fill(0);
      },
    },
  ],
  'argmax takes the last of equals': [
    'reductions',
    {
      argmax(a, axis, out) {
        for (let k = 0; k < out.columns; k++) {
          let best = 0;
          const [count, value] =
            axis === 0
              ? [a.rows, (i: number) => element(a, i, k)]
              : [a.columns, (i: number) => element(a, k, i)];
          for (let i = 1; i < count; i++) if (value(i) >= value(best)) best = i;
          out.buffer[k] = best;
        }
      },
    },
  ],
  'a symmetric result is not mirrored': [
    'pairwise',
    {
      pairwise(x, z, expression, inputs, symmetric, out) {
        good.pairwise(x, z, expression, inputs, symmetric, out);
        if (symmetric && out.rows > 64) setElement(out, 1, 64, 0);
      },
    },
  ],
  'inner products of many columns are cut short': [
    'pairwise',
    {
      pairwise(x, z, expression, inputs, symmetric, out) {
        const cut = x.buffer.slice();
        if (x.columns > 64) cut[x.columns - 1] = 0;
        good.pairwise({ ...x, buffer: cut }, z, expression, inputs, symmetric, out);
      },
    },
  ],
  'powers of 0 are infinite in gradients': [
    'powerDistances',
    {
      powerDistanceGradients(w, x, z, p, out) {
        good.powerDistanceGradients(w, x, z, p, out);
        if (p < 1 && x.rows === 1 && element(out, 0, 0) === 0) out.buffer.fill(Number.NaN);
      },
    },
  ],
  'p = 1.5 is taken for 2': [
    'powerDistances',
    { powerDistances: (x, z, p, out) => good.powerDistances(x, z, p === 1.5 ? 2 : p, out) },
  ],
  'patches take width for height': [
    'patches',
    {
      patches: (images, geometry, out) =>
        good.patches(images, { ...geometry, height: geometry.width, width: geometry.height }, out),
    },
  ],
  'all batches are multiplied by the first': [
    'matmul in batches',
    {
      matmulBatches(a, b, batches, terms, out) {
        const length = b.buffer.length / batches;
        const buffer = b.buffer.map((_, i) => b.buffer[i % length] as number);
        good.matmulBatches(a, { ...b, buffer }, batches, terms, out);
      },
    },
  ],
  'batches forget what out holds': [
    'matmul in batches',
    {
      matmulBatches: (a, b, batches, terms, out) =>
        good.matmulBatches(a, b, batches, { ...terms, beta: 0 }, out),
    },
  ],
  'windows leave out a corner': [
    'windowSums',
    {
      windowSums: (a, geometry, out) =>
        good.windowSums(a, { ...geometry, size: Math.max(1, geometry.size - 1) }, out),
    },
  ],
  'windows take rows for points': [
    'windowSums',
    {
      windowSums(a, geometry, out) {
        const { rowsPerPoint } = geometry;
        const rows = a.rows / rowsPerPoint || 0;
        const order = Array.from(
          { length: a.rows },
          (_, i) => (i % rows) * rowsPerPoint + Math.floor(i / rows),
        );
        const buffer = a.buffer.map((_, at) => {
          const row = order[Math.floor(at / a.columns)] as number;
          return a.buffer[row * a.columns + (at % a.columns)] as number;
        });
        good.windowSums({ ...a, buffer }, geometry, out);
      },
    },
  ],
  'sums depend on the weather': [
    'determinism',
    {
      reduce(kind, a, axis, out) {
        good.reduce(kind, a, axis, out);
        weather = -weather;
        if (kind === 'sum') setElement(out, 0, 0, element(out, 0, 0) * (1 + weather));
      },
    },
  ],
};

let weather = 2 ** -22;

describe('the suite', () => {
  for (const [name, [group, fault]] of Object.entries(faults)) {
    test(`finds: ${name}`, async () => {
      const backend = backendWith(fault);
      const messages: string[] = [];
      for (const entry of conformanceCases.filter((candidate) => candidate.group === group)) {
        await entry.run(backend).catch((error: Error) => messages.push(error.message));
        if (messages.length > 0) break;
      }
      expect(messages[0]).toMatch(new RegExp(`^${group}, .* \\(float(64|32)\\): `));
      expect(backend.memory().tensors).toBe(0);
    });
  }

  it('has no two cases of one name', () => {
    const names = conformanceCases.map(({ group, name }) => `${group}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says what was expected, what came, and where', async () => {
    const backend = backendWith({
      matmul(a, b, terms, out) {
        good.matmul(a, b, terms, out);
        if (out.rows === 17) setElement(out, 4, 2, 99);
      },
    });
    const entry = conformanceCases.find(({ name }) => name.startsWith('17 x 5 times'));
    await expect(entry?.run(backend)).rejects.toThrow(
      /^matmul, 17 x 5 .* \(float64\): A B: at \(4, 2\) of \[17, 3\], -?[\d.]+ is expected within .*, but 99 came \(1 of 51 elements are off\)\.$/,
    );
  });

  it('runs in the dtypes of the backend', async () => {
    const single = backendWith({ dtypes: ['float32'], preferredDType: 'float32' });
    for (const entry of conformanceCases.filter(({ group }) => ['make', 'errors'].includes(group))) {
      await entry.run(single);
    }
  });
});
