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
import { formatNames, type HostTensor, lengthBytes, metadataKey } from './host-tensor.ts';

/**
 * Tensors and texts in the safetensors format: the length of the header, the header as JSON, the elements,
 * all little-endian. The header is padded with blanks to a multiple of 8 bytes and float64 comes first, so
 * that every tensor is aligned. The same content gives the same bytes.
 * Source: the format's description at https://github.com/huggingface/safetensors.
 *
 * @throws {OptionError} for the reserved name `__metadata__`
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
  if (Object.keys(metadata).length > 0) header.set(metadataKey, metadata);
  let end = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const begin = end;
    end += data.byteLength;
    header.set(name, { dtype: formatNames[dtype], shape, data_offsets: [begin, end] });
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;

  const bytes = new Uint8Array(lengthBytes + headerBytes + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + headerBytes);
  bytes.set(text, lengthBytes);
  let offset = lengthBytes + headerBytes;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

function checkTexts(metadata: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(checkObject('metadata', metadata))) {
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
