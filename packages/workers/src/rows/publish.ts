import { type Rows, takenFrom } from '@agop/estimators';
import type { WritableStorage } from '../storage/storage.ts';
import type { RowsReference } from './reference.ts';
import { encodeRowsFile, type Matrix } from './rows-file.ts';
import { encodeSelection } from './selection.ts';

/**
 * Puts rows where workers find them: each matrix once, under the hash of what it holds, so that the same rows
 * are the same file for all drivers.
 */
export class RowsPublisher {
  readonly #storage: WritableStorage;
  readonly #known = new WeakMap<ArrayLike<number>, Promise<RowsReference>>();

  constructor(storage: WritableStorage) {
    this.#storage = storage;
  }

  /** A reference to rows; those that were taken of others refer to these. @throws {StorageError} */
  async publish(rows: Rows): Promise<RowsReference> {
    const { whole, chosen } = takenFrom(rows);
    const reference = await this.#whole(whole);
    return chosen ? { ...reference, chosen: encodeSelection(chosen) } : reference;
  }

  /** A reference to numbers, [n]. @throws {StorageError} */
  publishNumbers(data: ArrayLike<number>): Promise<RowsReference> {
    return this.#whole({ data, rows: data.length, columns: 1 });
  }

  #whole(matrix: Matrix): Promise<RowsReference> {
    const { data } = matrix;
    const known = this.#known.get(data) ?? this.#write(matrix);
    this.#known.set(data, known);
    // What could not be written is tried again with the next job.
    known.catch(() => this.#known.delete(data));
    return known;
  }

  async #write(matrix: Matrix): Promise<RowsReference> {
    const { parts, hash, bytes } = encodeRowsFile(matrix);
    if (!(await this.#storage.has(hash, bytes))) await this.#storage.write(hash, parts);
    return { url: this.#storage.urlOf(hash), hash };
  }
}
