import {
  bytesPerElement,
  DTypeError,
  hostArray,
  OptionError,
  ShapeError,
  shownValue,
  sizeOf,
} from '@agop/core';
import { checkMembers, checkObject } from '@agop/core/options';
import { checksumsKey, checksumsOf } from './checksums.ts';
import { formatNames, type HostTensor, lengthBytes, metadataKey } from './host-tensor.ts';

/**
 * Tensors and texts in the safetensors format: the length of the header, the header as JSON, the elements,
 * all little-endian. The header is padded with blanks to a multiple of 8 bytes and float64 comes first, so
 * that every tensor is aligned. The same content gives the same bytes.
 * Source: the format's description at https://github.com/huggingface/safetensors.
 *
 * The metadata get checksums, `crc32`, which {@link decodeSafetensors} compares: a file that was altered or
 * damaged is refused, not believed. Other programs may ignore them.
 *
 * @throws {OptionError} for the reserved names `__metadata__` of a tensor and `crc32` of a text
 * @throws {ShapeError} for data that does not fill its shape
 * @throws {DTypeError} for data that is not of its dtype
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, HostTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  checkTexts(metadata);
  const entries = Object.entries(tensors ?? {});
  for (const [name, tensor] of entries) check(name, tensor);
  entries.sort(([, a], [, b]) => bytesPerElement(b.dtype) - bytesPerElement(a.dtype));

  const header = new Map<string, unknown>();
  const stored = entries.map(([name, { dtype, shape, data }]) => ({
    name,
    stored: formatNames[dtype],
    shape,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  header.set(metadataKey, { ...metadata, [checksumsKey]: checksumsOf(stored, metadata) });
  let end = 0;
  for (const { name, stored: dtype, shape, bytes } of stored) {
    const begin = end;
    end += bytes.length;
    header.set(name, { dtype, shape, data_offsets: [begin, end] });
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;

  const file = new Uint8Array(lengthBytes + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, lengthBytes, lengthBytes + headerBytes);
  file.set(text, lengthBytes);
  let offset = lengthBytes + headerBytes;
  for (const { bytes } of stored) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

function checkTexts(metadata: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(checkObject('metadata', metadata))) {
    if (name === checksumsKey) {
      throw new OptionError('metadata', `The name '${name}' is reserved for checksums. Use another.`);
    }
    if (typeof value === 'string') continue;
    throw new OptionError(name, { requirement: 'be a text, as all metadata', received: value });
  }
}

function check(name: string, tensor: HostTensor): void {
  checkMembers(`tensor '${name}'`, tensor, { dtype: 'text', shape: 'numbers', data: 'numbers' });
  const { dtype, shape, data } = tensor;
  if (name === metadataKey) {
    throw new OptionError('tensors', `Tensor name '${metadataKey}' is reserved by the format. Use another.`);
  }
  if (!Array.isArray(shape) || !shape.every(Number.isSafeInteger)) {
    throw new ShapeError(`Tensor '${name}' has a shape that is no array of lengths: ${shownValue(shape)}.`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `Tensor '${name}': ${data.length} elements do not fill [${shape.join(', ')}], which has ${sizeOf(shape)}.`,
    );
  }
  if (data.constructor !== hostArray(dtype, 0).constructor) {
    throw new DTypeError(`Tensor '${name}': ${data.constructor.name} is not the array of ${dtype}.`);
  }
}
