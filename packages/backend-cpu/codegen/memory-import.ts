/**
 * Finds the flags byte of the imported memory in a WebAssembly binary, so that the same module can be
 * instantiated with shared and with unshared memory: the two differ in this byte alone.
 */
export function memoryLimitsOffset(binary: Uint8Array): number {
  const reader = new Reader(binary, 8);
  while (!reader.done) {
    const section = reader.byte();
    const length = reader.unsigned();
    if (section === 2) return inImports(reader);
    reader.skip(length);
  }
  throw new Error('The module imports nothing.');
}

const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;

function inImports(reader: Reader): number {
  for (let count = reader.unsigned(); count > 0; count--) {
    reader.skip(reader.unsigned()); // module name
    reader.skip(reader.unsigned()); // field name
    const kind = reader.byte();
    if (kind === MEMORY) return reader.offset;
    if (kind === FUNCTION) reader.unsigned();
    else throw new Error(`Unexpected import of kind ${kind === TABLE ? 'table' : kind}.`);
  }
  throw new Error('The module does not import its memory.');
}

class Reader {
  offset: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  get done(): boolean {
    return this.offset >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.offset++] ?? 0;
  }

  skip(length: number): void {
    this.offset += length;
  }

  /** LEB128 */
  unsigned(): number {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  }
}
