import { FormatError } from '@agop/core';
import { readNpy } from '@agop/data';
import { describe, expect, test } from 'vitest';

/** A file as `numpy.save` writes it. */
function npy(
  descr: string,
  shape: string,
  data: Uint8Array,
  { order = 'False', version = 1 } = {},
): Uint8Array {
  const head = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const begin = version === 1 ? 10 : 12;
  const padded = `${head.padEnd(64 * Math.ceil((begin + head.length + 1) / 64) - begin - 1)}\n`;
  const bytes = new Uint8Array(begin + padded.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), begin);
  bytes.set(data, begin + padded.length);
  return bytes;
}

const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer);

describe('a .npy file', () => {
  test.each([
    ['<f8', new Float64Array([1.5, -2, 3, 4, 5, 6]), Float64Array],
    ['<f4', new Float32Array([1.5, -2, 3, 4, 5, 6]), Float32Array],
    ['<i4', new Int32Array([1, -2, 3, 4, 5, 6]), Int32Array],
    ['|u1', new Uint8Array([1, 2, 3, 4, 5, 255]), Int32Array],
    ['<i8', new BigInt64Array([1n, -2n, 3n, 4n, 5n, 6n]), Float64Array],
  ])('of type %s is read', (descr, values, kind) => {
    for (const version of [1, 2]) {
      const { shape, data } = readNpy(npy(descr, '(2, 3)', bytesOf(values), { version }));
      expect(shape).toEqual([2, 3]);
      expect(data).toBeInstanceOf(kind);
      expect(Array.from(data)).toEqual(Array.from(values as ArrayLike<number | bigint>, Number));
    }
  });

  test('of another byte order, of half precision, column by column, and of no axes', () => {
    const big = new Uint8Array(8);
    new DataView(big.buffer).setFloat64(0, Math.PI, false);
    expect(readNpy(npy('>f8', '()', big))).toEqual({ shape: [], data: new Float64Array([Math.PI]) });
    const halves = new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00]);
    expect(readNpy(npy('<f2', '(6,)', bytesOf(halves))).data).toEqual(
      new Float32Array([1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN]),
    );
    const columns = bytesOf(new Float64Array([1, 4, 2, 5, 3, 6]));
    expect(readNpy(npy('<f8', '(2, 3)', columns, { order: 'True' })).data).toEqual(
      new Float64Array([1, 2, 3, 4, 5, 6]),
    );
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['something else', new TextEncoder().encode('a,b\n1,2\n3,4\n')],
    ['objects', npy('|O', '(1,)', new Uint8Array(8))],
    ['complex numbers', npy('<c16', '(1,)', new Uint8Array(16))],
    ['a file that is cut short', npy('<f8', '(3,)', new Uint8Array(16))],
    ['a shape that is too large', npy('<f8', '(99999999999, 99999999999)', new Uint8Array(8))],
    ['no shape', npy('<f8', 'None', new Uint8Array(8))],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => readNpy(bytes)).toThrow(FormatError);
  });
});
