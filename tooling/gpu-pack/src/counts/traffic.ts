/** A kernel that is put on the stream. */
export interface Launch {
  readonly name: string;
  /** Declarations of its parameters, e.g. `const T* p0`. */
  readonly parameters: readonly Parameter[];
  /** Their values, 8 bytes each. */
  readonly values: DataView;
  readonly grid: readonly [x: number, y: number];
}

interface Parameter {
  readonly name: string;
  readonly isPointer: boolean;
  /** Bytes of an element, or of the number. */
  readonly width: number;
  /** How a generated kernel reads it: all of it, or a row or column of it. */
  readonly isFull: boolean;
}

const widths: Readonly<Record<string, number>> = { float: 4, double: 8, int: 4 };

/** The parameters of a kernel, out of its source. */
export function parametersOf(source: string, kernel: string): Parameter[] {
  const type = /^typedef (\w+) T;/m.exec(source)?.[1] ?? 'double';
  const list = new RegExp(`\\b${kernel}\\(([^)]*)\\)`).exec(source)?.[1] ?? '';
  return list.split(',').map((text) => {
    const [, base = 'T', star = '', name = ''] =
      /(\w+)(\*?)(?: __restrict__)? (\w+)$/.exec(text.trim()) ?? [];
    const isFull = new RegExp(`= ${name}\\[(element|at)\\[r\\]\\]`).test(source);
    return { name, isPointer: star === '*', width: widths[base === 'T' ? type : base] ?? 8, isFull };
  });
}

/** What has happened on the device. */
export interface TrafficCounts {
  launches: number;
  libraryCalls: number;
  /** Floating-point operations of products, factorisations and substitutions. */
  flops: number;
  /** Bytes that kernels read and write. */
  touchedBytes: number;
  /** Those of them that are not in the cache from what came before. */
  memoryBytes: number;
  uploadedBytes: number;
  downloadedBytes: number;
}

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number | undefined;
  readonly b: number | undefined;
  readonly c: number | undefined;
  readonly width: number;
  readonly isAdded: boolean;
}

type Symmetric = Omit<Product, 'm' | 'b'>;

/**
 * Counts what kernels and libraries read and write at least: each operand once. Operands that were used a
 * short while before are taken to be in the cache, as far as they fit there, the last used first.
 */
export class Traffic {
  readonly counts: TrafficCounts = {
    launches: 0,
    libraryCalls: 0,
    flops: 0,
    touchedBytes: 0,
    memoryBytes: 0,
    uploadedBytes: 0,
    downloadedBytes: 0,
  };
  readonly #cacheBytes: number;
  /** Operands in the cache by address, the last used at the end. */
  readonly #cached = new Map<number, number>();

  constructor(cacheBytes: number) {
    this.#cacheBytes = cacheBytes;
  }

  upload(bytes: number): void {
    this.counts.uploadedBytes += bytes;
  }

  download(bytes: number): void {
    this.counts.downloadedBytes += bytes;
  }

  copy(from: number, to: number, bytes: number): void {
    this.#touch(from, bytes);
    this.#touch(to, bytes);
  }

  product({ m, n, k, a, b, c, width, isAdded }: Product): void {
    this.#library(2 * m * n * k);
    this.#touch(a, m * k * width);
    this.#touch(b, k * n * width);
    this.#touch(c, m * n * width, isAdded ? 2 : 1);
  }

  symmetric({ n, k, a, c, width, isAdded }: Symmetric): void {
    this.#library(n * n * k);
    this.#touch(a, n * k * width);
    this.#touch(c, (n * n * width) / 2, isAdded ? 2 : 1);
  }

  substitution({ isLeft, m, n, a, b, width }: SubstitutionSizes): void {
    const order = isLeft ? m : n;
    this.#library(m * n * order);
    this.#touch(a, (order * order * width) / 2);
    this.#touch(b, m * n * width, 2);
  }

  factor({
    n,
    a,
    width,
  }: {
    readonly n: number;
    readonly a: number | undefined;
    readonly width: number;
  }): void {
    this.#library(n ** 3 / 3);
    this.#touch(a, (n * n * width) / 2, 2);
  }

  launch(launch: Launch): void {
    this.counts.launches += 1;
    for (const [address, bytes, times] of operandsOf(launch)) this.#touch(address, bytes, times);
  }

  #library(flops: number): void {
    this.counts.libraryCalls += 1;
    this.counts.flops += flops;
  }

  #touch(address: number | undefined, bytes: number, times = 1): void {
    this.counts.touchedBytes += bytes * times;
    if (address === undefined) return;
    const isThere = (this.#cached.get(address) ?? 0) >= bytes;
    this.#cached.delete(address);
    if (bytes > this.#cacheBytes) {
      this.counts.memoryBytes += bytes * times;
      return;
    }
    // What is written goes to the memory when it leaves the cache: once, like what is read.
    if (!isThere) this.counts.memoryBytes += bytes;
    this.#cached.set(address, bytes);
    let total = [...this.#cached.values()].reduce((sum, one) => sum + one, 0);
    for (const [oldest, size] of this.#cached) {
      if (total <= this.#cacheBytes) break;
      this.#cached.delete(oldest);
      total -= size;
    }
  }
}

interface SubstitutionSizes {
  readonly isLeft: boolean;
  readonly m: number;
  readonly n: number;
  readonly a: number | undefined;
  readonly b: number | undefined;
  readonly width: number;
}

type Operand = readonly [address: number, bytes: number, times?: number];

/** What a kernel reads and writes. */
function operandsOf({ name, parameters, values, grid }: Launch): Operand[] {
  const at = (wanted: string): number => {
    const index = parameters.findIndex((parameter) => parameter.name === wanted);
    return index < 0 ? 0 : Number(values.getBigInt64(8 * index, true));
  };
  const width = parameters.find(({ isPointer }) => isPointer)?.width ?? 8;
  const matrix = at('order') ** 2 * width;
  switch (name) {
    case 'evaluate': {
      const bytes = at('size') * width;
      const inputs = parameters.flatMap((parameter, i): Operand[] =>
        parameter.isPointer && parameter.isFull && parameter.name !== 'out'
          ? [[Number(values.getBigInt64(8 * i, true)), bytes]]
          : [],
      );
      return [...inputs, [at('out'), bytes]];
    }
    case 'mirror':
      return [[at('a'), matrix]];
    case 'moveDown':
      return [[at('a'), 1.5 * matrix]];
    case 'clearUpper':
      return [[at('a'), matrix / 2]];
    case 'forwardStep':
      return [[at('l') + at('solved') * width, stepRows(at('solved'), grid) * 128 * width]];
    case 'backwardStep':
      return [[at('l') + at('solved') * at('order') * width, stepRows(at('solved'), grid) * 128 * width]];
    case 'splitPanel': {
      const bytes = at('rows') * at('columns') * width;
      return [
        [at('panel'), bytes],
        [at('out'), 4 * bytes],
      ];
    }
    case 'transpose': {
      const bytes = at('rows') * at('columns') * width;
      return [
        [at('from'), bytes],
        [at('to'), bytes],
      ];
    }
    case 'reduceRows':
    case 'reduceColumns':
      return [[at('a'), at('rows') * at('columns') * width]];
    case 'reduceParts':
      return [[at('a'), at('size') * width]];
    case 'cast':
      return [
        [at('from'), at('size') * width],
        [at('to'), at('size') * (parameters[1]?.width ?? width)],
      ];
    case 'fill':
    case 'uniform':
    case 'scale':
      return [[at('out'), at('size') * width]];
    default:
      // The others work on a few rows.
      return [];
  }
}

function stepRows(solved: number, grid: readonly [x: number, y: number]): number {
  return solved < 0 ? 0 : 128 * grid[0];
}
