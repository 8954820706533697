import { type DType, FormatError, type Shape } from '@agop/core';
import { metadataKey } from './host-tensor.ts';
import { namesTwice } from './json.ts';

/** Types of elements that are read: bytes of each, and what it becomes. */
export const storedTypes = {
  F64: { bytes: 8, dtype: 'float64' },
  F32: { bytes: 4, dtype: 'float32' },
  I32: { bytes: 4, dtype: 'int32' },
  F16: { bytes: 2, dtype: 'float32' },
  BF16: { bytes: 2, dtype: 'float32' },
} as const satisfies Readonly<Record<string, { readonly bytes: number; readonly dtype: DType }>>;
export type StoredType = keyof typeof storedTypes;

/** Where a tensor lies, checked: `begin` and `end` count from the first byte after the header. */
export interface HeaderEntry {
  readonly name: string;
  /** How its elements are written. */
  readonly stored: StoredType;
  /** What they become: numbers of 16 bits become float32, which holds them all. */
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/** A checked header. */
export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Record<string, string>;
}

/**
 * Reads and checks a header. Nothing in it is believed: each tensor must have a known dtype, a length that
 * follows from its shape and a name of its own, and the tensors must fill the data without gap, overlap or
 * rest.
 *
 * @param text the JSON
 * @param dataBytes bytes that follow the header
 * @throws {FormatError} saying which tensor is wrong and how
 */
export function parseHeader(text: string, dataBytes: number): Header {
  const json = parseJson(text);
  if (!isRecord(json)) throw new FormatError('Not a safetensors file: its header is no JSON object.');
  if (namesTwice(text, json)) throw new FormatError('Corrupt safetensors header: it names something twice.');
  const entries: HeaderEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === metadataKey) metadata = parseMetadata(value);
    else entries.push(parseEntry(name, value));
  }
  checkLayout(entries, dataBytes);
  return { entries, metadata };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError('Not a safetensors file: its header is no JSON.', { cause });
  }
}

function parseMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new FormatError('Corrupt safetensors header: the metadata is no JSON object.');
  const texts = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text === 'string') return [key, text];
    throw new FormatError(`Corrupt safetensors header: metadata '${key}' is no text.`);
  });
  return Object.fromEntries(texts);
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  const fail = (problem: string): never => {
    throw new FormatError(`Corrupt safetensors header: tensor '${name}' ${problem}.`);
  };
  if (!isRecord(value)) return fail('is not described by a JSON object');
  const known = Object.keys(storedTypes) as StoredType[];
  const stored = known.find((type) => type === value['dtype']);
  if (!stored) {
    throw new FormatError(
      `Tensor '${name}' has dtype ${JSON.stringify(value['dtype'])}; only ${known.join(', ')} are read.`,
    );
  }
  const { bytes, dtype } = storedTypes[stored];
  const { shape, data_offsets: offsets } = value;
  if (!isLengths(shape)) return fail('has no valid shape');
  if (!isLengths(offsets) || offsets.length !== 2) return fail('has no valid data_offsets');
  const [begin, end] = offsets as [number, number];
  const needed = shape.reduce((product, length) => product * length, bytes);
  if (end - begin !== needed) {
    fail(`has ${end - begin} bytes, but [${shape.join(', ')}] of ${stored} needs ${needed}`);
  }
  return { name, stored, dtype, shape, begin, end };
}

/** The format demands that the tensors follow each other and end with the file. */
function checkLayout(entries: readonly HeaderEntry[], dataBytes: number): void {
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const [index, entry] of ordered.entries()) {
    if (entry.begin !== end) {
      const relation = entry.begin < end ? 'overlaps' : 'leaves a gap after';
      const before = ordered[index - 1]?.name;
      throw new FormatError(
        `Corrupt safetensors header: tensor '${entry.name}' ${relation} ${before === undefined ? 'the header' : `tensor '${before}'`}.`,
      );
    }
    end = entry.end;
  }
  if (end > dataBytes) {
    throw new FormatError(
      `Truncated safetensors file: its tensors need ${end} bytes, but only ${dataBytes} follow the header.`,
    );
  }
  if (end < dataBytes) {
    throw new FormatError(`Corrupt safetensors file: ${dataBytes - end} bytes follow the last tensor.`);
  }
}

function isLengths(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
