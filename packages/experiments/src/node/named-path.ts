import { StorageError, type Wording, wording } from '@agop/core';
import type { NamedPath } from '../images.ts';

/**
 * Rethrows that a file or folder cannot be read, with the option that names it: `Cannot read x.bin (--data):
 * …`.
 *
 * @param more to be added
 * @throws always: what reading ran into
 */
export function sayPath({ path, option }: NamedPath, more: Wording = []): (error: unknown) => never {
  return (error) => {
    const unreadable = StorageError.isInstance(error) ? error.unreadable : undefined;
    if (unreadable === undefined) throw error;
    throw new StorageError(
      wording`Cannot read ${path} (${{ option, bare: true }}): ${unreadable.reason}.${more}`,
      { cause: error },
    );
  };
}
