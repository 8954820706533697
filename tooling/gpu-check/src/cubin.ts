/** What a kernel takes of a multiprocessor. */
export interface KernelResources {
  readonly kernel: string;
  /** Registers of a thread. */
  readonly registers: number;
  /** Bytes of shared memory of a block. */
  readonly sharedBytes: number;
  /** Bytes of a thread's stack: arrays without a place in registers, and what is spilled. */
  readonly stackBytes: number;
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly info: number;
}

/** Attributes of `.nv.info`: [symbol, number]. Source: CUDA Binary Utilities, and cuobjdump's output. */
const attributes = { frameSize: 0x11, registers: 0x2f } as const;
/** The format of an attribute that is followed by its size in bytes. */
const sized = 4;
const symbolTable = 2;
const symbolBytes = 24;

/**
 * The kernels of an image of machine code (ELF, 64 bits, little-endian), with what they take.
 *
 * @throws {Error} for something else
 */
export function kernelResources(image: Uint8Array): KernelResources[] {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (view.getUint32(0) !== 0x7f454c46) throw new Error('It is no ELF image.');
  const sections = sectionsOf(view);
  const symbols = symbolNames(view, sections);
  const numbers = symbolNumbers(view, sections, symbols);
  return sections
    .filter(({ name }) => name.startsWith('.text.'))
    .map(({ name }) => {
      const kernel = name.slice('.text.'.length);
      const shared = sections.find((section) => section.name === `.nv.shared.${kernel}`);
      return {
        kernel,
        registers: numbers.get(`${attributes.registers} ${kernel}`) ?? Number.NaN,
        sharedBytes: shared?.size ?? 0,
        stackBytes: numbers.get(`${attributes.frameSize} ${kernel}`) ?? 0,
      };
    })
    .filter(({ registers }) => !Number.isNaN(registers));
}

function sectionsOf(view: DataView): Section[] {
  const [begin, size, count, names] = [
    Number(view.getBigUint64(0x28, true)),
    view.getUint16(0x3a, true),
    view.getUint16(0x3c, true),
    view.getUint16(0x3e, true),
  ];
  const raw = Array.from({ length: count }, (_, i) => {
    const at = begin + i * size;
    return {
      name: view.getUint32(at, true),
      type: view.getUint32(at + 4, true),
      offset: Number(view.getBigUint64(at + 24, true)),
      size: Number(view.getBigUint64(at + 32, true)),
      info: view.getUint32(at + 44, true),
    };
  });
  const table = raw[names]?.offset ?? 0;
  return raw.map((section) => ({ ...section, name: textAt(view, table + section.name) }));
}

/** Names of symbols by their position. */
function symbolNames(view: DataView, sections: readonly Section[]): string[] {
  const table = sections.find(({ type }) => type === symbolTable);
  const names = sections.find(({ name }) => name === '.strtab');
  if (!table || !names) return [];
  return Array.from({ length: table.size / symbolBytes }, (_, i) =>
    textAt(view, names.offset + view.getUint32(table.offset + i * symbolBytes, true)),
  );
}

/** Numbers of `.nv.info` by attribute and symbol. */
function symbolNumbers(
  view: DataView,
  sections: readonly Section[],
  symbols: readonly string[],
): Map<string, number> {
  const numbers = new Map<string, number>();
  const info = sections.find(({ name }) => name === '.nv.info');
  if (!info) return numbers;
  for (let at = info.offset; at < info.offset + info.size; ) {
    const [format, attribute, bytes] = [
      view.getUint8(at),
      view.getUint8(at + 1),
      view.getUint16(at + 2, true),
    ];
    if (format === sized && bytes === 8) {
      const symbol = symbols[view.getUint32(at + 4, true)];
      numbers.set(`${attribute} ${symbol}`, view.getUint32(at + 8, true));
    }
    at += 4 + (format === sized ? bytes : 0);
  }
  return numbers;
}

function textAt(view: DataView, begin: number): string {
  let end = begin;
  while (view.getUint8(end) !== 0) end += 1;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + begin, end - begin));
}
