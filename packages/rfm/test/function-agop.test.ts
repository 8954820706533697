import { averageGradientOuterProduct, type Centering, type HostArray } from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import { normal, worst } from './data.ts';

const [n, d, c] = [40, 4, 2];
const x = { data: normal(n, d, 1), shape: [n, d] };
const centerings: readonly Centering[] = ['none', 'output', 'pooled'];

/** f_0 = sin(x0) x1, f_1 = exp(x2 / 2) + 7 x3, times a unit, of x times units of the columns. */
function example(unit = 1, columns: readonly number[] = [1, 1, 1, 1], offsets = [0, 0, 0, 0]) {
  const at = (rows: HostArray, i: number, k: number): number =>
    ((rows.data[i * d + k] as number) - (offsets[k] as number)) / (columns[k] as number);
  const f = (rows: HostArray): Float64Array =>
    Float64Array.from({ length: (rows.shape[0] as number) * c }, (_, index) => {
      const i = Math.floor(index / c);
      return index % c === 0
        ? unit * Math.sin(at(rows, i, 0)) * at(rows, i, 1)
        : unit * (Math.exp(at(rows, i, 2) / 2) + 7 * at(rows, i, 3));
    });
  const gradient = (rows: HostArray): HostArray => {
    const count = rows.shape[0] as number;
    const data = new Float64Array(count * c * d);
    for (let i = 0; i < count; i++) {
      const first = i * c * d;
      data[first] = Math.cos(at(rows, i, 0)) * at(rows, i, 1);
      data[first + 1] = Math.sin(at(rows, i, 0));
      data[first + d + 2] = Math.exp(at(rows, i, 2) / 2) / 2;
      data[first + d + 3] = 7;
    }
    return { data: data.map((g, j) => (g * unit) / (columns[j % d] as number)), shape: [count, c, d] };
  };
  return { f, gradient };
}

/** The definition, in plain sums. */
function direct(g: Float64Array, centering: Centering, outputs = c): Float64Array {
  const mean = new Float64Array(outputs * d);
  const rows = g.length / (outputs * d);
  for (let at = 0; at < g.length; at++) {
    const j = at % (outputs * d);
    if (centering === 'output') mean[j] = (mean[j] as number) + (g[at] as number) / rows;
    for (let o = 0; centering === 'pooled' && o < outputs; o++) {
      const to = o * d + (at % d);
      mean[to] = (mean[to] as number) + (g[at] as number) / (rows * outputs);
    }
  }
  const agop = new Float64Array(d * d);
  const centered = g.map((value, at) => value - (mean[at % (outputs * d)] as number));
  for (let row = 0; row < rows * outputs; row++) {
    for (let k = 0; k < d * d; k++) {
      const product =
        (centered[row * d + Math.floor(k / d)] as number) * (centered[row * d + (k % d)] as number);
      agop[k] = (agop[k] as number) + product / rows;
    }
  }
  return agop;
}

describe('the AGOP of a function', () => {
  test.each(centerings)('is that of the definition, from gradients or differences: %s', async (centering) => {
    const { f, gradient } = example();
    const expected = direct(gradient(x).data, centering);
    for (const rowsPerCall of [undefined, 2, 7, 30]) {
      const options = { centering, ...(rowsPerCall && { rowsPerCall }) };
      const given = await averageGradientOuterProduct({ gradient }, x, options);
      expect(given.shape).toEqual([d, d]);
      expect(worst(given.data, expected)).toBeLessThan(1e-12 * 49);
      const differences = await averageGradientOuterProduct(f, x, options);
      expect(worst(differences.data, expected)).toBeLessThan(1e-8 * 49);
      const diagonal = await averageGradientOuterProduct({ gradient }, x, { ...options, diagonal: true });
      expect(diagonal.shape).toEqual([1, d]);
      expect(
        worst(
          diagonal.data,
          expected.filter((_, at) => at % (d + 1) === 0),
        ),
      ).toBeLessThan(1e-12 * 49);
    }
  });

  test.each([1e-70, 1, 1e70])(
    'is the same in any unit of f and x, far from the origin too: %d',
    async (unit) => {
      const columns = [1e-30, 1, 1e30, 1e3];
      const offsets = columns.map((size) => size * 1e4);
      const data = x.data.map(
        (value, at) => value * (columns[at % d] as number) + (offsets[at % d] as number),
      );
      const { data: reference } = await averageGradientOuterProduct(example(), x);
      const { data: actual } = await averageGradientOuterProduct(example(unit, columns, offsets).f, {
        data,
        shape: [n, d],
      });
      const back = actual.map(
        (value, at) =>
          (value / unit / unit) * (columns[Math.floor(at / d)] as number) * (columns[at % d] as number),
      );
      expect(worst(back, reference)).toBeLessThan(1e-5 * 49);
    },
  );

  test('takes one output, and rows of any form', async () => {
    const { gradient, f } = example();
    const rows = Array.from({ length: n }, (_, i) => [...x.data.slice(i * d, (i + 1) * d)]);
    const g = gradient(x).data;
    for (const output of [0, 1]) {
      const own = g.filter((_, at) => Math.floor(at / d) % c === output);
      const { data } = await averageGradientOuterProduct({ gradient }, rows, { output });
      expect(worst(data, direct(own, 'none', 1))).toBeLessThan(1e-12 * 49);
    }
    // One output as n plain numbers, in a promise.
    const first = async (given: HostArray) => [...f(given)].filter((_, at) => at % c === 0);
    const { data } = await averageGradientOuterProduct(first, rows);
    const { data: expected } = await averageGradientOuterProduct({ gradient }, rows, { output: 0 });
    expect(worst(data, expected)).toBeLessThan(1e-8);
  });

  test('takes a column that does not vary, and a single row', async () => {
    const square = ({ data }: HostArray) => data.map((value) => value * value);
    for (const value of [0, 3, 1e20]) {
      const { data } = await averageGradientOuterProduct(square, [[value], [value]]);
      expect(Math.abs((data[0] as number) - 4 * value * value)).toBeLessThanOrEqual(1e-8 * 4 * value * value);
      expect((await averageGradientOuterProduct(square, [[value]])).data[0]).toBe(data[0]);
    }
  });

  test('with a step of its own is that of a function in float32', async () => {
    const { f, gradient } = example();
    const single = (rows: HostArray) => Float32Array.from(f(rows));
    const { data } = await averageGradientOuterProduct(single, x, { step: 5e-3 });
    expect(worst(data, direct(gradient(x).data, 'none'))).toBeLessThan(1e-3 * 49);
  });

  test('refuses what it cannot do with typed errors', async () => {
    const { f, gradient } = example();
    const controller = new AbortController();
    const stopping = (rows: HostArray) => {
      controller.abort();
      return f(rows);
    };
    const { signal } = controller;
    await expect(averageGradientOuterProduct(stopping, x, { signal, rowsPerCall: 8 })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    await expect(averageGradientOuterProduct(f, x, { output: 2 })).rejects.toMatchObject({ code: 'OPTION' });
    const misspelt: object = { steps: 1e-3 };
    await expect(averageGradientOuterProduct(f, x, misspelt)).rejects.toThrow(/Did you mean `?step/);
    await expect(averageGradientOuterProduct(f, x, { step: 0 })).rejects.toMatchObject({ code: 'OPTION' });
    await expect(averageGradientOuterProduct(f, x, { rowsPerCall: 1 })).rejects.toMatchObject({
      code: 'OPTION',
    });
    await expect(averageGradientOuterProduct(() => [1, 2, 3], x)).rejects.toMatchObject({ code: 'SHAPE' });
    await expect(averageGradientOuterProduct({ gradient: f }, x)).rejects.toMatchObject({ code: 'SHAPE' });
    const nan = ({ data }: HostArray) => data.map(() => Number.NaN);
    await expect(averageGradientOuterProduct(nan, x)).rejects.toMatchObject({ code: 'VALUE' });
    for (const unit of [1e200, 1e-200]) {
      const far = { gradient: (rows: HostArray) => gradient(rows).data.map((g) => g * unit) };
      await expect(averageGradientOuterProduct(far, x)).rejects.toThrow(/Rescale f or x/);
    }
  });
});
