import { FormatError } from '@agop/core';

/** Files that people take for tables of text, by their first bytes, and what to do with them. */
const foreign: readonly (readonly [start: string, what: string, advice: string])[] = [
  [
    'PK\x03\x04',
    'a zip archive, as Excel (xlsx) and Numbers write',
    'Save the sheet as CSV, or unpack the archive',
  ],
  ['\xd0\xcf\x11\xe0', 'an old Excel file (xls)', 'Save the sheet as CSV'],
  ['PAR1', 'a Parquet file', 'Read it with readTable, which knows its format'],
  ['ARROW1', 'an Arrow (Feather) file', 'Write it as CSV'],
  ['FEA1', 'a Feather file', 'Write it as CSV'],
  ['\x89HDF', 'an HDF5 file', 'Write its table as CSV'],
  ['\x93NUMPY', 'a NumPy array', 'Write it as CSV'],
  ['SQLite format 3', 'an SQLite database', 'Export the table as CSV'],
  ['%PDF', 'a PDF file', 'A CSV file is needed'],
  ['BZh', 'compressed with bzip2', 'Unpack it, or use gzip'],
  ['\xfd7zXZ', 'compressed with xz', 'Unpack it, or use gzip'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd', 'Unpack it, or use gzip'],
  ['7z\xbc\xaf', 'a 7z archive', 'Unpack it, or use gzip'],
  ['Rar!', 'a RAR archive', 'Unpack it, or use gzip'],
  ['\x89PNG', 'an image (PNG)', 'A CSV file is needed'],
  ['\xff\xd8\xff', 'an image (JPEG)', 'A CSV file is needed'],
  ['{\\rtf', 'a text document (RTF)', 'Write its table as CSV'],
];

/** Files of text that are no tables, by what begins them after blanks, in any case of letters. */
const texts: readonly (readonly [start: RegExp, what: string, advice: string])[] = [
  [
    /^<(?:!doctype|!--|html|head|body|table|script|meta|style)\b/,
    'a web page',
    'Download the file itself, or save its table as CSV',
  ],
  [/^<(?:\?xml|svg)\b/, 'an XML file', 'Write it as CSV'],
  [/^%!ps/, 'a PostScript file', 'A CSV file is needed'],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS, not the file itself', 'Fetch it by git lfs pull'],
  [
    /^(?:create table|insert into|drop table|begin transaction)\b/,
    'a program in SQL',
    'Export the table as CSV',
  ],
];

/** @throws {FormatError} if the bytes begin as those of another format; it says which */
export function refuseForeign(bytes: Uint8Array, name: string): void {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8')
    .decode(bytes.subarray(0, 512))
    .trimStart()
    .toLowerCase();
  const [, what, advice] =
    foreign.find(([start]) => head.startsWith(start)) ?? texts.find(([start]) => start.test(text)) ?? [];
  if (what === undefined) return;
  throw new FormatError(
    `${name} is ${what}, not a table of text. ${advice}; agop reads CSV, TSV, JSON and Parquet.`,
  );
}
