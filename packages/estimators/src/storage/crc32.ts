/** Tables for eight bytes at a time: `tables[k][b]` is the remainder of byte b followed by k zero bytes. */
const tables = makeTables();

/**
 * The cyclic redundancy check CRC-32 (ISO 3309, the one of zip, gzip and PNG) of bytes that follow others.
 *
 * @param before the CRC-32 of the bytes before; 0 at the beginning
 * @returns an unsigned 32-bit integer
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = ~before;
  let at = 0;
  for (const last = bytes.length - 7; at < last; at += 8) {
    crc ^=
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
    crc =
      remainder(t7, crc) ^
      remainder(t6, crc >>> 8) ^
      remainder(t5, crc >>> 16) ^
      remainder(t4, crc >>> 24) ^
      remainder(t3, byteAt(bytes, at + 4)) ^
      remainder(t2, byteAt(bytes, at + 5)) ^
      remainder(t1, byteAt(bytes, at + 6)) ^
      remainder(t0, byteAt(bytes, at + 7));
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ remainder(t0, crc ^ byteAt(bytes, at));
  return ~crc >>> 0;
}

type Table = Int32Array;

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function remainder(table: Table, index: number): number {
  return table[index & 0xff] ?? 0;
}

function makeTables(): readonly [Table, Table, Table, Table, Table, Table, Table, Table] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    return crc;
  });
  const next = (table: Table): Table => table.map((crc) => (crc >>> 8) ^ remainder(first, crc));
  const second = next(first);
  const third = next(second);
  const fourth = next(third);
  const fifth = next(fourth);
  const sixth = next(fifth);
  const seventh = next(sixth);
  return [first, second, third, fourth, fifth, sixth, seventh, next(seventh)];
}
