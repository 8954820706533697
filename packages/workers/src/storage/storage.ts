/** A place for files of rows that all machines reach. */
export interface Storage {
  /**
   * Bytes of a file.
   *
   * @throws {StorageError} where they cannot be read
   */
  read(url: string, begin: number, end: number): Promise<Uint8Array>;
}

/** A {@link Storage} that a driver may write to. */
export interface WritableStorage {
  /** Address of a file in it, as jobs name it. */
  urlOf(name: string): string;
  /** Whether a file is there with so many bytes. */
  has(name: string, bytes: number): Promise<boolean>;
  /**
   * Writes a whole file, or nothing.
   *
   * @throws {StorageError} where it cannot be written
   */
  write(name: string, parts: readonly Uint8Array[]): Promise<void>;
}
