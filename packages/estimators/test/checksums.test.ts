import { FormatError } from '@agop/core';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@agop/estimators';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../src/storage/crc32.ts';

const tensors: Record<string, HostTensor> = {
  M: { dtype: 'float64', shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) },
  alpha: { dtype: 'float32', shape: [3], data: Float32Array.of(0.5, 0.25, -1) },
  empty: { dtype: 'float32', shape: [0, 5], data: new Float32Array(0) },
};
const metadata = { format: 'agop', model: JSON.stringify({ ridge: 0.001, labels: ['a', 'ü'] }) };

interface Header {
  __metadata__: Record<string, string>;
}

/** The same file with another header. */
function withHeader(file: Uint8Array, change: (header: Header) => object): Uint8Array {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header: Header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const text = new TextEncoder().encode(JSON.stringify(change(header)));
  const out = new Uint8Array(8 + text.length + file.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(file.subarray(8 + length), 8 + text.length);
  return out;
}

describe('CRC-32', () => {
  // Check value of the catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC.
  test('of 123456789 is cbf43926', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  test('does not depend on where bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
        expect(crc32(bytes.subarray(at), crc32(bytes.subarray(0, at)))).toBe(crc32(bytes));
      }),
    );
  });
});

describe('checksums of a file', () => {
  const file = encodeSafetensors(tensors, metadata);

  test('any bit that is changed is noticed, or changes nothing that is read', () => {
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let read: ReturnType<typeof decodeSafetensors>;
      try {
        read = decodeSafetensors(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        continue;
      }
      // The name of the list of checksums itself: the list then is a text like others.
      expect(read.tensors).toEqual(tensors);
      expect(read.metadata).toMatchObject(metadata);
    }
  });

  test('say which tensor was altered', () => {
    const damaged = file.slice();
    const last = damaged.length - 1;
    damaged[last] = (damaged[last] ?? 0) ^ 1;
    expect(() => decodeSafetensors(damaged)).toThrow(/the tensor 'alpha' is not as it was written/);
    const renamed = withHeader(file, (header) => ({
      ...header,
      __metadata__: { ...header.__metadata__, format: 'other' },
    }));
    expect(() => decodeSafetensors(renamed)).toThrow(/its metadata is not as it was written/);
  });

  test('stay right where another program writes the same in another order', () => {
    const other = withHeader(file, (header) => {
      const texts = Object.entries(header.__metadata__).reverse();
      return Object.fromEntries(
        Object.entries({ ...header, __metadata__: Object.fromEntries(texts) }).reverse(),
      );
    });
    expect(decodeSafetensors(other)).toEqual({ tensors, metadata });
  });

  test('are not asked for: a file without any is read', () => {
    const old = withHeader(file, (header) => ({ ...header, __metadata__: metadata }));
    expect(decodeSafetensors(old)).toEqual({ tensors, metadata });
    expect(() => encodeSafetensors(tensors, { crc32: 'mine' })).toThrow(/reserved/);
  });
});
