import { FormatError } from '@agop/core';

/** Bytes as the readers of this package take them. */
export type Bytes = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/**
 * All bytes of `source`, decompressed if they begin with gzip's magic number (RFC 1952).
 * @param name What the bytes are called in messages, usually a file name.
 * @throws {FormatError} if the compressed data are damaged or cut off.
 */
export async function readBytes(source: Bytes, name = 'data'): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await collect(source);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new FormatError(
      `${name}: the gzip data are damaged or cut off after ${bytes.length} bytes. Copy or download the file again.`,
      { cause },
    );
  }
}

async function collect(source: Bytes): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof Uint8Array) {
    return source.buffer instanceof ArrayBuffer
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : Uint8Array.from(source);
  }
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const body = source instanceof Blob ? source : new Response(source);
  return new Uint8Array(await body.arrayBuffer());
}
