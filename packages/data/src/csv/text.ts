import { FormatError, OptionError } from '@agop/core';

/**
 * The text that `bytes` encode, with line ends as line feeds and without a byte order mark.
 *
 * @param encoding default UTF-8, or UTF-16 where a byte order mark says so
 * @throws {FormatError} if the bytes are not text in that encoding
 * @throws {OptionError} if the encoding is unknown
 */
export function decodeText(bytes: Uint8Array, name: string, encoding?: string): string {
  const decoder = makeDecoder(encoding ?? encodingOfMark(bytes));
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new FormatError(
      `${name} is not text in ${decoder.encoding.toUpperCase()}. If it is a table, name its encoding, ` +
        "for example 'windows-1252'.",
      { cause },
    );
  }
  return normalizeText(text, name);
}

/** Removes a byte order mark and makes all line ends line feeds. Refuses binary content. */
export function normalizeText(text: string, name: string): string {
  if (text.includes('\0')) {
    throw new FormatError(`${name} is not a text file: it contains zero bytes. A CSV file is needed here.`);
  }
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return body.includes('\r') ? body.replace(/\r\n?/g, '\n') : body;
}

function makeDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new OptionError(
      'encoding',
      `The text encoding '${encoding}' is unknown. Examples: utf-8, windows-1252.`,
    );
  }
}

function encodingOfMark(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

const decimalNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;

/**
 * The number a trimmed cell spells, or undefined if it is not one. Only decimal notation counts (no `0x10`,
 * no thousands separators); `inf` and `infinity` are infinite.
 */
export function parseNumber(cell: string, decimal: '.' | ',' = '.'): number | undefined {
  const text = decimal === ',' ? cell.replace(',', '.') : cell;
  if (decimalNumber.test(text)) return Number(text);
  const sign = infinite.exec(text)?.[1];
  if (sign === undefined) return undefined;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
