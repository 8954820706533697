import { FormatError, formatBytes, OptionError, wording } from '@agop/core';
import type { TableNote } from '../table/note.ts';

/** Characters that a JavaScript string can hold, about; a byte of UTF-8 is at most one. */
const longestText = 2 ** 29 - 25;

/**
 * The text that `bytes` encode, with line ends as line feeds and without a byte order mark.
 *
 * @param encoding default UTF-8, or UTF-16 where a byte order mark says so; bytes that are neither are read
 *   as windows-1252, with a note
 * @throws {FormatError} if the bytes are not text in the encoding that was named, or too many
 * @throws {OptionError} if the encoding is unknown
 */
export function decodeText(
  bytes: Uint8Array,
  name: string,
  encoding?: string,
): { readonly text: string; readonly notes: readonly TableNote[] } {
  if (bytes.length > longestText) {
    throw new FormatError(
      `${name} is a text of ${formatBytes(bytes.length)}, longer than the ${formatBytes(longestText)} that can be read. ` +
        'Divide it, or leave rows out.',
    );
  }
  const likely = encoding ?? encodingOfMark(bytes);
  try {
    return { text: normalizeText(makeDecoder(likely).decode(bytes), name), notes: [] };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    if (encoding !== undefined) {
      throw new FormatError(
        wording`${name} is not text in ${encoding.toUpperCase()}. If it is a table, name its encoding, for example ${{ option: 'encoding', value: 'windows-1252' }}.`,
        { cause },
      );
    }
  }
  const text = normalizeText(makeDecoder('windows-1252').decode(bytes), name);
  return {
    text,
    notes: [
      {
        code: 'encoding',
        message: wording`the text is not UTF-8 and is read as windows-1252; ${{ option: 'encoding' }} names another one.`,
        option: 'encoding',
      },
    ],
  };
}

/** Removes a byte order mark and makes all line ends line feeds. Refuses binary content. */
export function normalizeText(text: string, name: string): string {
  if (text.includes('\0')) {
    throw new FormatError(`${name} is not a text file: it contains zero bytes. A CSV file is needed here.`);
  }
  const marked = text.startsWith('\uFEFF') ? text.slice(1) : text;
  // Old programs end a text with Ctrl-Z.
  const body = marked.endsWith('\x1A') ? marked.slice(0, -1) : marked;
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
  // Without a mark, every second byte of a header in Latin letters is zero.
  if (bytes[1] === 0 && bytes[3] === 0 && bytes[0] !== 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[2] === 0 && bytes[1] !== 0) return 'utf-16be';
  return 'utf-8';
}
