import { createHash } from 'node:crypto';
import { FormatError } from '@agop/core';
import * as z from 'zod/mini';

/** Kinds of numbers in a file of rows, as the safetensors format names them. */
const arrays = { F64: Float64Array, F32: Float32Array, I32: Int32Array } as const;

/** Numbers of a file of rows. */
export type RowNumbers = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** What the header of a file of rows says. */
export interface RowsHeader {
  readonly dtype: keyof typeof arrays;
  readonly rows: number;
  readonly columns: number;
  /** Rows of a block; the last one may have fewer. */
  readonly blockRows: number;
  /** SHA-256 of each block, in hex. */
  readonly blocks: readonly string[];
  /** Bytes before the first row. */
  readonly begin: number;
}

/** A matrix to be written. */
export interface Matrix {
  /** Row-major, [rows, columns]. */
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Bytes of a block, about: so much is read for one row. */
const blockBytes = 256 * 1024;
const lengthBytes = 8;
/** Largest header that is read: blocks of 16 TiB. */
export const mostHeaderBytes = 2 ** 30;

/**
 * A matrix as a file: one tensor `rows` [rows, columns] in the safetensors format, whose metadata hold the
 * hash of each block of rows. So a reader of a few rows reads and checks their blocks alone, and the hash of
 * the header stands for the whole file.
 *
 * @returns the parts of the file in order, and the hash of its header
 */
export function encodeRowsFile(matrix: Matrix): {
  readonly parts: readonly Uint8Array[];
  readonly hash: string;
  readonly bytes: number;
} {
  const { rows, columns } = matrix;
  const numbers = asNumbers(matrix.data);
  const data = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const rowBytes = columns * numbers.BYTES_PER_ELEMENT;
  const blockRows = Math.max(1, Math.floor(blockBytes / Math.max(rowBytes, 1)));
  const blocks: string[] = [];
  for (let row = 0; row < rows; row += blockRows) {
    const end = Math.min(row + blockRows, rows);
    blocks.push(sha256(data.subarray(row * rowBytes, end * rowBytes)));
  }
  const header = headerBytes({
    __metadata__: { format: 'agop-rows', blockRows: String(blockRows), blocks: blocks.join(' ') },
    rows: { dtype: nameOf(numbers), shape: [rows, columns], data_offsets: [0, data.byteLength] },
  });
  return { parts: [header, data], hash: sha256(header), bytes: header.length + data.length };
}

/** How many bytes the header has, by the first 8 bytes of a file. @throws {FormatError} for other files */
export function headerLength(head: Uint8Array): number {
  const length =
    head.length < lengthBytes
      ? 0
      : Number(new DataView(head.buffer, head.byteOffset, lengthBytes).getBigUint64(0, true));
  if (length < 2 || length > mostHeaderBytes) throw damaged('its header has no length');
  return lengthBytes + length;
}

const schema = z.object({
  __metadata__: z.object({
    format: z.literal('agop-rows'),
    blockRows: z.string().check(z.regex(/^[1-9]\d{0,9}$/)),
    blocks: z.string(),
  }),
  rows: z.object({
    dtype: z.enum(['F64', 'F32', 'I32']),
    shape: z.tuple([z.int().check(z.gte(1)), z.int().check(z.gte(1))]),
    data_offsets: z.tuple([z.literal(0), z.int().check(z.gte(1))]),
  }),
});

/**
 * Reads a header.
 *
 * @param bytes of the whole header, its length included
 * @param hash that it must have
 * @throws {FormatError} for another hash, and files of another kind
 */
export function parseHeader(bytes: Uint8Array, hash: string): RowsHeader {
  if (sha256(bytes) !== hash) throw damaged('its header has another hash than the job names');
  const { __metadata__: metadata, rows: tensor } = parsed(bytes);
  const [rows, columns] = tensor.shape;
  const blockRows = Number(metadata.blockRows);
  const blocks = metadata.blocks.split(' ');
  const size = rows * columns * arrays[tensor.dtype].BYTES_PER_ELEMENT;
  if (tensor.data_offsets[1] !== size) throw damaged('its header says two different sizes');
  if (blocks.length !== Math.ceil(rows / blockRows)) throw damaged('it lacks hashes of blocks');
  return { dtype: tensor.dtype, rows, columns, blockRows, blocks, begin: bytes.length };
}

/** Where a block lies in its file, in bytes. */
export function blockRange(header: RowsHeader, block: number): readonly [begin: number, end: number] {
  const { rows, columns, blockRows, begin, dtype } = header;
  const rowBytes = columns * arrays[dtype].BYTES_PER_ELEMENT;
  const first = block * blockRows;
  return [begin + first * rowBytes, begin + Math.min(first + blockRows, rows) * rowBytes];
}

/** The numbers of a block. @throws {FormatError} where they have another hash than the header says */
export function readBlock(header: RowsHeader, block: number, bytes: Uint8Array): RowNumbers {
  if (sha256(bytes) !== header.blocks[block]) throw damaged(`block ${block} has another hash`);
  // A copy, which is aligned, and lets go of what else was read with it.
  const { buffer } = bytes.slice();
  return new arrays[header.dtype](buffer);
}

/** Room for all rows of a file. */
export function emptyRows({ dtype, rows, columns }: RowsHeader): RowNumbers {
  return new arrays[dtype](rows * columns);
}

function parsed(bytes: Uint8Array): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(lengthBytes))));
  } catch (cause) {
    throw new FormatError('A file of rows is damaged, or another file is in its place.', { cause });
  }
}

function headerBytes(header: object): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, lengthBytes);
  return bytes;
}

/** Typed arrays that a file can hold as they are, anything else in float64. */
function asNumbers(data: ArrayLike<number>): Float64Array | Float32Array | Int32Array {
  if (data instanceof Float64Array || data instanceof Float32Array || data instanceof Int32Array) return data;
  return Float64Array.from(data);
}

function nameOf(numbers: Float64Array | Float32Array | Int32Array): keyof typeof arrays {
  if (numbers instanceof Float64Array) return 'F64';
  return numbers instanceof Float32Array ? 'F32' : 'I32';
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function damaged(why: string): FormatError {
  return new FormatError(`A file of rows is damaged, or another file is in its place: ${why}.`);
}
