import { FormatError, type Shape } from '@agop/core';
import { crc32 } from './crc32.ts';

/** The text in the metadata of a file that holds its checksums, as JSON. */
export const checksumsKey = 'crc32';

/** A tensor as it lies in a file. */
export interface StoredBytes {
  readonly name: string;
  /** The name of its type in the file, such as 'F32'. */
  readonly stored: string;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

/**
 * CRC-32 of the texts of a file together, and of each tensor with its type and shape, as JSON. They do not
 * depend on the order in which a file names them: one that another program has written anew still agrees.
 */
export function checksumsOf(
  tensors: readonly StoredBytes[],
  metadata: Readonly<Record<string, string>>,
): string {
  return JSON.stringify({
    texts: textsChecksum(metadata),
    tensors: Object.fromEntries(tensors.map((tensor) => [tensor.name, tensorChecksum(tensor)])),
  });
}

/**
 * Compares a file with the checksums that it holds.
 *
 * @throws {FormatError} saying what has been altered
 */
export function verifyChecksums(
  checksums: string,
  tensors: readonly StoredBytes[],
  metadata: Readonly<Record<string, string>>,
): void {
  const { texts, of } = parsed(checksums);
  if (texts !== textsChecksum(metadata)) throw altered('its metadata');
  for (const tensor of tensors) {
    if (of.get(tensor.name) !== tensorChecksum(tensor)) throw altered(`the tensor '${tensor.name}'`);
    of.delete(tensor.name);
  }
  const [missing] = of.keys();
  if (missing !== undefined) throw altered(`the tensor '${missing}', which is missing,`);
}

function altered(what: string): FormatError {
  return new FormatError(
    `Damaged safetensors file: ${what} is not as it was written: its checksum differs. Copy the file again; ` +
      `if it was altered on purpose, leave '${checksumsKey}' out of its metadata.`,
  );
}

function parsed(text: string): { readonly texts: unknown; readonly of: Map<string, unknown> } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw altered('its list of checksums');
  }
  if (typeof value === 'object' && value !== null && 'texts' in value && 'tensors' in value) {
    const { texts, tensors } = value;
    if (typeof tensors === 'object' && tensors !== null)
      return { texts, of: new Map(Object.entries(tensors)) };
  }
  throw altered('its list of checksums');
}

function textsChecksum(metadata: Readonly<Record<string, string>>): string {
  const texts = Object.entries(metadata).filter(([key]) => key !== checksumsKey);
  texts.sort(([a], [b]) => (a < b ? -1 : 1));
  return hexadecimal(crc32(new TextEncoder().encode(JSON.stringify(texts))));
}

function tensorChecksum({ stored, shape, bytes }: StoredBytes): string {
  return hexadecimal(crc32(bytes, crc32(new TextEncoder().encode(`${stored}[${shape}]`))));
}

function hexadecimal(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
