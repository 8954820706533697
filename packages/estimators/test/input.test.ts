import { ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { type ArrowLikeVector, type MatrixInput, toHostMatrix, toHostVector } from '@agop/estimators';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Callers without types pass anything. */
function untyped(value: unknown): MatrixInput {
  return value as MatrixInput;
}

function arrowVector(values: ArrayLike<unknown>, array: ArrayLike<unknown> = values): ArrowLikeVector {
  return {
    length: values.length,
    nullCount: Array.from(values).filter((value) => value === null).length,
    get: (index) => values[index],
    toArray: () => array,
  };
}

function arrowTable(columns: Readonly<Record<string, ArrowLikeVector>>, numRows: number) {
  const names = Object.keys(columns);
  return {
    numRows,
    schema: { fields: names.map((name) => ({ name })) },
    getChildAt: (index: number) => columns[names[index] as string] ?? null,
  };
}

const matrix = { rows: 2, columns: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) };

describe('toHostMatrix', () => {
  const accepted: readonly (readonly [string, MatrixInput])[] = [
    [
      'nested arrays',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    ['read-only nested arrays', Object.freeze([Object.freeze([1, 2, 3]), Object.freeze([4, 5, 6])])],
    ['rows of typed arrays', [Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)]],
    ['rows of mixed arrays', [Int32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]],
    ['a typed array with a shape', { data: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }],
    ['an array with a shape', { data: [1, 2, 3, 4, 5, 6], shape: [2, 3] }],
    ['bytes with a shape', { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }],
    [
      'an Arrow table',
      arrowTable(
        {
          a: arrowVector([1, 4]),
          b: arrowVector(Int32Array.of(2, 5)),
          c: arrowVector([3n, 6n], BigInt64Array.of(3n, 6n) as ArrayLike<unknown>),
        },
        2,
      ),
    ],
  ];
  it.each(accepted)('takes %s', async (_, value) => expect(await toHostMatrix(value, 'X')).toEqual(matrix));

  it('keeps float32, and copies nothing that it can use as it is', async () => {
    for (const data of [Float32Array.of(1, 2), Float64Array.of(1, 2)]) {
      expect((await toHostMatrix({ data, shape: [1, 2] }, 'X')).data).toBe(data);
      expect((await toHostMatrix(data, 'X')).data).toBe(data);
    }
    const rows = await toHostMatrix([Float32Array.of(1, 2), Float32Array.of(3, 4)], 'X');
    expect(rows.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('takes vectors as one column', async () => {
    const column = { rows: 3, columns: 1, data: Float64Array.of(1, 2, 3) };
    const vectors: readonly MatrixInput[] = [
      [1, 2, 3],
      Int16Array.of(1, 2, 3),
      { data: [1, 2, 3], shape: [3] },
      arrowVector([1, 2, 3]),
      [[1], [2], [3]],
    ];
    for (const vector of vectors) expect(await toHostMatrix(vector, 'y')).toEqual(column);
  });

  it('reads tensors of a backend', async () => {
    using backend = createNaiveBackend();
    const tensor = backend.tensor([1, 2, 3, 4, 5, 6], [2, 3], 'float32');
    expect(await toHostMatrix(tensor, 'X')).toEqual({
      ...matrix,
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(tensor.disposed).toBe(false);
    tensor.dispose();
    await expect(toHostMatrix(tensor, 'X')).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it.each([
    ['columns', { a: [1, 2], b: [3, 4] }],
    ['rows', [{ a: 1, b: 3 }]],
  ])('says where %s by name become numbers', async (_, value) => {
    await expect(toHostMatrix(untyped(value), 'X')).rejects.toThrow(/`tableFrom` and `TablePreprocessor`/);
  });

  it('gives every rectangular array back as it was', async () => {
    const rectangles = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([rows, columns]) => {
        const row = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
          minLength: columns,
          maxLength: columns,
        });
        return fc.array(row, { minLength: rows, maxLength: rows });
      });
    await fc.assert(
      fc.asyncProperty(rectangles, async (rows) => {
        const { data, columns } = await toHostMatrix(rows, 'X');
        expect(rows.map((_, i) => [...data.slice(i * columns, (i + 1) * columns)])).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  const refused: readonly (readonly [string, unknown, string, RegExp])[] = [
    ['no rows', [], 'VALUE', /^X is empty: it has no rows/],
    ['no columns', [[], []], 'VALUE', /^X is empty: it has no columns/],
    ['an empty shape', { data: [], shape: [0, 4] }, 'VALUE', /^X is empty: it has no rows/],
    ['a scalar', { data: [1], shape: [] }, 'SHAPE', /^X must be a matrix.*shape \[\]/],
    ['rank 3', { data: [1, 2], shape: [1, 2, 1] }, 'SHAPE', /^X must be a matrix.*shape \[1, 2, 1\]/],
    ['too little data', { data: [1, 2], shape: [2, 2] }, 'SHAPE', /^X has 2 elements.*\[2, 2\] of 4/],
    ['a broken shape', { data: [1, 2], shape: [-1, 2] }, 'SHAPE', /^X has a `shape`/],
    ['text', 'abc', 'DTYPE', /^X must be .*the text "abc"/],
    ['nothing', undefined, 'DTYPE', /^X must be .*undefined/],
    ['null', null, 'DTYPE', /^X must be .*null/],
    ['a number', 3, 'DTYPE', /^X must be .*the number 3/],
    ['a Map', new Map(), 'DTYPE', /^X must be .*of type Map/],
    ['big integers', BigInt64Array.of(1n), 'DTYPE', /^X must be .*of type BigInt64Array/],
    ['bytes without type', new DataView(new ArrayBuffer(8)), 'DTYPE', /^X must be .*of type DataView/],
    ['a shape with other data', { data: 'abc', shape: [1, 3] }, 'DTYPE', /^X has a `data`.*the text "abc"/],
  ];
  it.each(refused)('refuses %s', async (_, value, code, message) => {
    const error = await toHostMatrix(untyped(value), 'X').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  const misplaced: readonly (readonly [string, unknown, number, number | undefined, RegExp])[] = [
    [
      'NaN',
      [
        [1, 2],
        [3, Number.NaN],
      ],
      1,
      1,
      /^validation X has the value NaN in row 1, column 1/,
    ],
    [
      'infinity',
      [
        [1, 2],
        [-Infinity, 4],
      ],
      1,
      0,
      /-Infinity in row 1, column 0/,
    ],
    [
      'NaN in a shaped array',
      { data: Float32Array.of(1, 2, 3, 4, Number.NaN, 6), shape: [2, 3] },
      1,
      1,
      /row 1, column 1/,
    ],
    ['NaN in a vector', [1, 2, Number.NaN], 2, 0, /row 2, column 0/],
    [
      'ragged rows',
      [[1, 2], [3, 4], [5]],
      2,
      undefined,
      /ragged rows: row 2 .* has 1 elements, the rows before it 2/,
    ],
    ['text', [[1, 'red']], 0, 1, /not a number in row 0, column 1 .*the text "red"/],
    [
      'a missing value',
      [
        [1, 2],
        [3, null],
      ],
      1,
      1,
      /row 1, column 1 .*null/,
    ],
    ['a hole', [[1, undefined]], 0, 1, /row 0, column 1 .*undefined/],
    ['a row that is none', [[1, 2], 7], 1, undefined, /row 1 .* must be an array, but is the number 7/],
    ['an inexact big integer', [[2n ** 60n + 1n]], 0, 0, /row 0, column 0 .*bigint/],
    ['an array in a vector', [1, [2]], 1, 0, /row 1, column 0 .*of type Array/],
    ['text in a shaped array', { data: [1, 2, 3, 'x'], shape: [2, 2] }, 1, 1, /row 1, column 1 .*"x"/],
    [
      'a missing value in a table',
      arrowTable({ age: arrowVector([1, null, 3]) }, 3),
      1,
      0,
      /column 'age' has no value in row 1/,
    ],
    [
      'text in a table',
      arrowTable({ a: arrowVector([1]), b: arrowVector(['x']) }, 1),
      0,
      1,
      /row 0, column 1 .*"x"/,
    ],
    [
      'a table that lacks a column',
      { ...arrowTable({ a: arrowVector([1]) }, 1), getChildAt: () => null },
      -1,
      0,
      /no complete column 0 \('a'\)/,
    ],
  ];
  it.each(misplaced)('says where it found %s', async (_, value, row, column, message) => {
    const error: unknown = await toHostMatrix(untyped(value), 'validation X').catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({
      row: row < 0 ? undefined : row,
      column,
      message: expect.stringMatching(/^validation X/),
    });
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
  });

  it('looks values of packed Arrow types up one by one', async () => {
    const packed = arrowVector([1, 0, 1], Uint8Array.of(0b101));
    expect([...(await toHostMatrix(packed, 'X')).data]).toEqual([1, 0, 1]);
  });
});

describe('toHostVector', () => {
  it('takes vectors and single columns', async () => {
    for (const value of [[1, 2], [[1], [2]], { data: [1, 2], shape: [2, 1] }] as MatrixInput[]) {
      expect(await toHostVector(value, 'y')).toEqual(Float64Array.of(1, 2));
    }
  });

  it('refuses several columns', async () => {
    await expect(toHostVector([[1, 2]], 'y')).rejects.toMatchObject({
      code: 'SHAPE',
      message: 'y must be a vector, but is a matrix [1, 2].',
    });
  });
});
