import { type DType, FormatError, fromFloat16, shownValue, type TypedArray } from '@agop/core';
import { checksumsKey, verifyChecksums } from './checksums.ts';
import { type HeaderEntry, parseHeader, storedTypes } from './header.ts';
import { type HostTensor, lengthBytes } from './host-tensor.ts';

/** The content of a safetensors file. */
export interface DecodedSafetensors {
  readonly tensors: Record<string, HostTensor>;
  readonly metadata: Record<string, string>;
}

/**
 * Reads the safetensors format (see {@link encodeSafetensors}). Aligned tensors are views of `bytes`; the
 * others are copied. F16 and BF16, which networks are often saved in, become float32, which holds them all.
 *
 * @throws {FormatError} for input that is truncated, corrupt, no safetensors file, has other dtypes than F64,
 *   F32, I32, F16, BF16, or does not agree with checksums that it holds
 */
export function decodeSafetensors(bytes: Uint8Array): DecodedSafetensors {
  if (!(bytes instanceof Uint8Array)) {
    throw new FormatError(`Not a safetensors file: it is not bytes, but ${shownValue(bytes)}.`);
  }
  if (bytes.length < lengthBytes) {
    throw new FormatError(`Not a safetensors file: it has only ${bytes.length} bytes.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const available = bytes.length - lengthBytes;
  if (headerBytes > available) {
    if (looksLikeText(bytes)) {
      throw new FormatError('Not a safetensors file, so no model: it looks like a table, or other text.');
    }
    throw new FormatError(
      `Not a safetensors file, or a truncated one: it announces a header of ${headerBytes} bytes, but ${available} follow.`,
    );
  }
  const dataStart = lengthBytes + headerBytes;
  const header = parseHeader(decodeText(bytes, dataStart), bytes.length - dataStart);
  const { entries } = header;
  const { [checksumsKey]: checksums, ...metadata } = header.metadata;
  if (checksums !== undefined) {
    const stored = entries.map(({ name, stored, shape, begin, end }) => ({
      name,
      stored,
      shape,
      bytes: bytes.subarray(dataStart + begin, dataStart + end),
    }));
    verifyChecksums(checksums, stored, metadata);
  }
  const tensors = entries.map((entry): [string, HostTensor] => [
    entry.name,
    { dtype: entry.dtype, shape: entry.shape, data: elements(bytes, dataStart, entry) },
  ]);
  // fromEntries defines properties, so that a tensor named `__proto__` is only a tensor.
  return { tensors: Object.fromEntries(tensors), metadata };
}

/** Whether a file begins without control characters, as the length of a header never does. */
function looksLikeText(bytes: Uint8Array): boolean {
  const [tab, lineFeed, carriageReturn] = [9, 10, 13];
  return bytes
    .subarray(0, 64)
    .every((byte) => byte >= 32 || byte === tab || byte === lineFeed || byte === carriageReturn);
}

function decodeText(bytes: Uint8Array, end: number): string {
  try {
    // A copy: text decoders refuse shared memory.
    return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes.subarray(lengthBytes, end)));
  } catch (cause) {
    throw new FormatError('Not a safetensors file: its header is no UTF-8 text.', { cause });
  }
}

function elements(bytes: Uint8Array, dataStart: number, { stored, begin, end }: HeaderEntry): TypedArray {
  const { bytes: width, dtype } = storedTypes[stored];
  const offset = bytes.byteOffset + dataStart + begin;
  const length = (end - begin) / width;
  if (stored === 'F16' || stored === 'BF16') {
    const view = new DataView(bytes.buffer, offset, end - begin);
    const read = stored === 'F16' ? fromFloat16 : fromBfloat16;
    return Float32Array.from({ length }, (_, i) => read(view.getUint16(2 * i, true)));
  }
  if (offset % width === 0) return viewAs(dtype, bytes.buffer, offset, length);
  // Not `bytes.slice`, which does not copy where the bytes are a Buffer of Node.
  const copy = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
  return viewAs(dtype, copy.buffer, 0, length);
}

const word = new DataView(new ArrayBuffer(4));

/** A brain float is the upper half of a float32. */
function fromBfloat16(bits: number): number {
  word.setUint32(0, bits * 0x10000);
  return word.getFloat32(0);
}

function viewAs(dtype: DType, buffer: ArrayBufferLike, offset: number, length: number): TypedArray {
  if (dtype === 'float64') return new Float64Array(buffer, offset, length);
  return dtype === 'float32'
    ? new Float32Array(buffer, offset, length)
    : new Int32Array(buffer, offset, length);
}
