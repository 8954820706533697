import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Data sets of images that are found by their names. */
export type ImageData = 'mnist' | 'cifar10';

/**
 * The folder of a data set, where no path is given: `images/mnist` or `images/cifar10` in the folder that the variable
 * `AGOP_DATA` names, or in a folder `shared/data` beside or above this program or the working directory.
 */
export function findImageData(name: ImageData): string | undefined {
  const chosen = process.env['AGOP_DATA'];
  const places = chosen ? [chosen] : [dirname(fileURLToPath(import.meta.url)), process.cwd()].flatMap(above);
  return places.map((place) => join(place, 'images', name)).find((place) => existsSync(place));
}

/** `shared/data` in a folder and in all folders above it. */
function above(start: string): string[] {
  const folders: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    folders.push(join(folder, 'shared/data'));
    if (folder === dirname(folder)) return folders;
  }
}
