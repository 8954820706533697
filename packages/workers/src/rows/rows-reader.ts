import type { Storage } from '../storage/storage.ts';
import type { RowsReference } from './reference.ts';
import {
  blockRange,
  emptyRows,
  headerLength,
  parseHeader,
  type RowNumbers,
  type RowsHeader,
  readBlock,
} from './rows-file.ts';
import { decodeSelection } from './selection.ts';

/** Rows as a worker has read them. */
export interface ReadRows {
  /** Row-major, [rows, columns]. */
  readonly data: RowNumbers;
  readonly rows: number;
  readonly columns: number;
}

/** Most bytes of neighboring blocks that are read at once. */
const mostAtOnce = 8 * 2 ** 20;
/** A guess at the length of a header, so that most are read at once. */
const firstBytes = 4096;
const mostHeaders = 1000;

/**
 * Reads rows by reference, and keeps the blocks that it has read within a budget of memory; those that were
 * not used for longest go first. Every block is checked against its hash when it is read.
 */
export class RowsReader {
  readonly #storage: Storage;
  readonly #budget: number;
  readonly #headers = new Map<string, Promise<RowsHeader>>();
  readonly #blocks = new Map<string, RowNumbers>();
  #bytes = 0;

  /** @param budget bytes that are kept between jobs, at most */
  constructor(storage: Storage, budget: number) {
    this.#storage = storage;
    this.#budget = budget;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The rows of a reference.
   *
   * @throws {StorageError} where they cannot be read, or must not be
   * @throws {FormatError} where something else is in their place
   */
  async read(reference: RowsReference): Promise<ReadRows> {
    const { url, hash, chosen } = reference;
    const header = await this.#header(url, hash);
    const { rows, columns, blockRows } = header;
    const own = chosen === undefined ? undefined : decodeSelection(chosen, rows);
    const count = own?.length ?? rows;
    const needed = own
      ? [...new Set(Array.from(own, (row) => Math.floor(row / blockRows)))].sort((a, b) => a - b)
      : header.blocks.map((_, block) => block);
    // As `takeRows` does it: chosen rows are in float64.
    const data = own ? new Float64Array(count * columns) : emptyRows(header);
    const blocks = await this.#needed(url, hash, header, needed);
    for (let at = 0; at < count; at++) {
      const row = own ? (own[at] as number) : at;
      const from = (row % blockRows) * columns;
      const block = blocks.get(Math.floor(row / blockRows)) as RowNumbers;
      data.set(block.subarray(from, from + columns), at * columns);
    }
    return { data, rows: count, columns };
  }

  /** Numbers [n] of a reference. @throws {StorageError} @throws {FormatError} */
  async readNumbers(reference: RowsReference): Promise<RowNumbers> {
    return (await this.read(reference)).data;
  }

  #header(url: string, hash: string): Promise<RowsHeader> {
    const known = this.#headers.get(hash);
    this.#headers.delete(hash);
    const header = known ?? this.#readHeader(url, hash);
    this.#headers.set(hash, header);
    header.catch(() => this.#headers.delete(hash));
    const [oldest] = this.#headers.keys();
    if (this.#headers.size > mostHeaders && oldest !== undefined) this.#headers.delete(oldest);
    return header;
  }

  async #readHeader(url: string, hash: string): Promise<RowsHeader> {
    const head = await this.#storage.read(url, 0, firstBytes);
    const length = headerLength(head);
    const whole = length <= head.length ? head : await this.#storage.read(url, 0, length);
    return parseHeader(whole.subarray(0, length), hash);
  }

  /** Blocks of a file: those that are kept, and others in runs of neighbors. */
  async #needed(
    url: string,
    hash: string,
    header: RowsHeader,
    needed: readonly number[],
  ): Promise<Map<number, RowNumbers>> {
    const found = new Map<number, RowNumbers>();
    let run: number[] = [];
    const readRun = async (): Promise<void> => {
      const [first, last] = [run[0], run.at(-1)];
      if (first === undefined || last === undefined) return;
      const [begin] = blockRange(header, first);
      const bytes = await this.#storage.read(url, begin, blockRange(header, last)[1]);
      for (const block of run) {
        const [from, to] = blockRange(header, block);
        const numbers = readBlock(header, block, bytes.subarray(from - begin, to - begin));
        found.set(block, numbers);
        this.#keep(`${hash} ${block}`, numbers);
      }
      run = [];
    };
    for (const block of needed) {
      const key = `${hash} ${block}`;
      const kept = this.#blocks.get(key);
      if (kept) {
        found.set(block, kept);
        this.#blocks.delete(key);
        this.#blocks.set(key, kept);
        continue;
      }
      const first = run[0] ?? block;
      const isNext = run.length === 0 || block === (run.at(-1) as number) + 1;
      if (!isNext || blockRange(header, block)[1] - blockRange(header, first)[0] > mostAtOnce)
        await readRun();
      run.push(block);
    }
    await readRun();
    return found;
  }

  #keep(key: string, numbers: RowNumbers): void {
    const before = this.#blocks.get(key);
    if (before) this.#bytes -= before.byteLength;
    this.#blocks.delete(key);
    this.#blocks.set(key, numbers);
    this.#bytes += numbers.byteLength;
    for (const [oldest, block] of this.#blocks) {
      if (this.#bytes <= this.#budget) break;
      this.#blocks.delete(oldest);
      this.#bytes -= block.byteLength;
    }
  }
}
