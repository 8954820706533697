import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@agop/estimators';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const sample: Record<string, HostTensor> = {
  'index é': { dtype: 'int32', shape: [3], data: Int32Array.of(1, -2, 3) },
  M: { dtype: 'float64', shape: [2, 2], data: Float64Array.of(1, 2, Number.NaN, -0) },
  alpha: { dtype: 'float32', shape: [1, 3], data: Float32Array.of(0.5, Number.POSITIVE_INFINITY, -1) },
  scalar: { dtype: 'float64', shape: [], data: Float64Array.of(7) },
  empty: { dtype: 'float32', shape: [0, 5], data: new Float32Array(0) },
};

/** A file from its parts, right or wrong. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0), headerBytes?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes ?? text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

describe('safetensors', () => {
  it('come back as they were', () => {
    const metadata = { format: 'agop', labels: JSON.stringify(['a', 'ü', '𝛼']) };
    const decoded = decodeSafetensors(encodeSafetensors(sample, metadata));
    expect(decoded.tensors).toEqual(sample);
    expect(Object.is((decoded.tensors['M'] as HostTensor).data[3], -0)).toBe(true);
    expect(decoded.metadata).toEqual(metadata);
    expect(decodeSafetensors(encodeSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
  });

  it('come back for any names, shapes and values', () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
    const tensor = fc
      .tuple(shapes, fc.constantFrom('float64', 'float32', 'int32' as const), fc.integer())
      .map(([shape, dtype, seed]): HostTensor => {
        const size = shape.reduce((product, length) => product * length, 1);
        const values = Array.from({ length: size }, (_, i) => (seed % 1000) * (i + 1));
        const array = { float64: Float64Array, float32: Float32Array, int32: Int32Array }[dtype];
        return { dtype, shape, data: new array(values) };
      });
    const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'));
    fc.assert(
      fc.property(
        fc.dictionary(
          name.filter((n) => n !== '__metadata__'),
          tensor,
        ),
        (tensors) => {
          const decoded = decodeSafetensors(encodeSafetensors(tensors)).tensors;
          expect(Object.entries(decoded).sort(byName)).toEqual(Object.entries(tensors).sort(byName));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('have aligned data, which is viewed, not copied', () => {
    const bytes = encodeSafetensors(sample, { a: 'b' });
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    for (const { data } of Object.values(decodeSafetensors(bytes).tensors)) {
      expect(data.buffer).toBe(bytes.buffer);
    }
  });

  it('are read at any offset of a buffer, then copied', () => {
    const bytes = encodeSafetensors(sample);
    for (const offset of [1, 3, 4, 8]) {
      const moved = new Uint8Array(bytes.length + offset + 5).subarray(offset, offset + bytes.length);
      moved.set(bytes);
      expect(decodeSafetensors(moved).tensors).toEqual(sample);
      // The slices of a Buffer of Node are no copies.
      const buffer = Buffer.from(moved.buffer, offset, bytes.length);
      expect(decodeSafetensors(buffer).tensors).toEqual(sample);
    }
  });

  it('of other programs are read: no padding, any order of data', () => {
    const data = new Uint8Array(12);
    new DataView(data.buffer).setFloat32(0, 1.5, true);
    new DataView(data.buffer).setFloat64(4, 2.5, true);
    const header = {
      b: { dtype: 'F64', shape: [1], data_offsets: [4, 12] },
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    };
    const { tensors } = decodeSafetensors(file(header, data));
    expect(tensors['a']?.data).toEqual(Float32Array.of(1.5));
    expect(tensors['b']?.data).toEqual(Float64Array.of(2.5));
  });

  it('of 16 bits become float32, at any offset', () => {
    // 1, -2, the least number above 0, the largest one, infinity, NaN.
    const half = [0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x7e00];
    const brain = [0x3f80, 0xc000, 0x0001, 0x7f7f, 0xff80, 0x7fc0];
    for (const start of [0, 1]) {
      const data = new Uint8Array(start + 24);
      const view = new DataView(data.buffer);
      for (const [i, bits] of [...half, ...brain].entries()) view.setUint16(start + 2 * i, bits, true);
      const header = {
        ...(start > 0 && { pad: { dtype: 'F32', shape: [0], data_offsets: [0, 0] } }),
        h: { dtype: 'F16', shape: [2, 3], data_offsets: [0, 12] },
        b: { dtype: 'BF16', shape: [6], data_offsets: [12, 24] },
      };
      const { tensors } = decodeSafetensors(
        file(`${JSON.stringify(header)}${' '.repeat(start)}`, data.subarray(start)),
      );
      expect(tensors['h']).toEqual({
        dtype: 'float32',
        shape: [2, 3],
        data: Float32Array.of(1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY, Number.NaN),
      });
      expect(tensors['b']?.data).toEqual(
        Float32Array.of(1, -2, 2 ** -133, 255 * 2 ** 120, Number.NEGATIVE_INFINITY, Number.NaN),
      );
    }
    expect(() =>
      decodeSafetensors(file({ a: { dtype: 'F16', shape: [3], data_offsets: [0, 4] } }, new Uint8Array(4))),
    ).toThrow(/'a' has 4 bytes, but \[3\] of F16 needs 6/);
  });

  it('refuse tensors that do not fit their description', () => {
    const data = Float64Array.of(1, 2);
    const bad: readonly (readonly [HostTensor, string])[] = [
      [{ dtype: 'float64', shape: [3], data }, 'SHAPE'],
      [{ dtype: 'float32', shape: [2], data }, 'DTYPE'],
    ];
    for (const [tensor, code] of bad) {
      expect(() => encodeSafetensors({ x: tensor })).toThrow(expect.objectContaining({ code }));
    }
    expect(() => encodeSafetensors({ __metadata__: { dtype: 'float64', shape: [2], data } })).toThrow(
      /reserved/,
    );
  });
});

describe('damaged and foreign files', () => {
  const whole = encodeSafetensors(sample, { a: 'b' });

  it('are refused at every length that is too short', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeSafetensors(whole.slice(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'FORMAT' }),
      );
    }
  });

  it('never lead to another error, whatever byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = whole.slice();
        damaged[at] = (damaged[at] as number) ^ flip;
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FORMAT' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  const f32 = (shape: unknown, offsets: unknown): unknown => ({ dtype: 'F32', shape, data_offsets: offsets });
  const four = new Uint8Array(4);
  const eight = new Uint8Array(8);
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['nothing', new Uint8Array(0), /has only 0 bytes/],
    ['text', new TextEncoder().encode('a,b,c\n1,2,3\n4,5,6\n'), /so no model: it looks like a table/],
    ['a huge header', file({}, four, 2 ** 50), /announces a header of 1125899906842624 bytes, but 6 follow/],
    ['a header that is no JSON', file('{"a":'), /its header is no JSON\./],
    ['a header that is no object', file('[1, 2]'), /its header is no JSON object/],
    ['a header that is no UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), /no UTF-8 text/],
    [
      'another dtype',
      file({ a: { dtype: 'F8_E4M3', shape: [4], data_offsets: [0, 4] } }, four),
      /'a' has dtype "F8_E4M3"; only F64, F32, I32, F16, BF16 are read/,
    ],
    ['no dtype', file({ a: { shape: [1], data_offsets: [0, 4] } }, four), /'a' has dtype undefined/],
    [
      'a tensor that is defined twice',
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"shape":[1]}}', four),
      /names something twice/,
    ],
    ['a text that is given twice', file('{"__metadata__":{"k\\"":"a:","k\\"" : "\\\\"}}'), /twice/],
    ['a tensor that is none', file({ a: 5 }), /tensor 'a' is not described/],
    ['a negative length', file({ a: f32([-1], [0, 4]) }, four), /'a' has no valid shape/],
    ['a broken length', file({ a: f32([0.5], [0, 4]) }, four), /'a' has no valid shape/],
    [
      'a length beyond all numbers',
      file({ a: f32([2 ** 52, 2 ** 52], [0, 4]) }, four),
      /'a' has 4 bytes, but/,
    ],
    ['no offsets', file({ a: { dtype: 'F32', shape: [1] } }, four), /'a' has no valid data_offsets/],
    ['three offsets', file({ a: f32([1], [0, 4, 8]) }, four), /'a' has no valid data_offsets/],
    ['offsets backwards', file({ a: f32([1], [4, 0]) }, four), /'a' has -4 bytes/],
    [
      'too few bytes for a shape',
      file({ a: f32([2], [0, 4]) }, four),
      /'a' has 4 bytes, but \[2\] of F32 needs 8/,
    ],
    ['data beyond the end', file({ a: f32([2], [0, 8]) }, four), /Truncated.*need 8 bytes, but only 4/],
    ['bytes at the end', file({ a: f32([1], [0, 4]) }, eight), /4 bytes follow the last tensor/],
    ['a gap at the beginning', file({ a: f32([1], [4, 8]) }, eight), /'a' leaves a gap after the header/],
    ['a gap', file({ a: f32([1], [0, 4]), b: f32([0], [8, 8]) }, eight), /'b' leaves a gap after tensor 'a'/],
    ['an overlap', file({ a: f32([2], [0, 8]), b: f32([1], [4, 8]) }, eight), /'b' overlaps tensor 'a'/],
    ['metadata that is no object', file({ __metadata__: 'x' }), /the metadata is no JSON object/],
    ['metadata that is no text', file({ __metadata__: { version: 1 } }), /metadata 'version' is no text/],
  ];
  it.each(cases)('with %s are refused', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringMatching(message) }),
    );
  });
});

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
