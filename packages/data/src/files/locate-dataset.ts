import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where a data set is that was not given by its path; undefined if it is nowhere. Nothing is downloaded.
 *
 * The toy sets of the source code, such as `digits`, are `examples/data/NAME.csv.gz` in a folder above this
 * package or the working directory. Others, such as `mnist`, `cifar10` or `uci121`, are NAME or images/NAME
 * in the folder that the variable `AGOP_DATA` names; where it is not set, in a folder `shared/data` in or
 * above the same places.
 */
export function locateDataset(name: string): string | undefined {
  const folders = [import.meta.dirname, process.cwd()].flatMap(upwards);
  const chosen = process.env['AGOP_DATA'];
  const places = chosen ? [chosen] : folders.map((folder) => join(folder, 'shared/data'));
  return [
    ...folders.map((folder) => join(folder, 'examples/data', `${name}.csv.gz`)),
    ...places.flatMap((place) => [join(place, name), join(place, 'images', name)]),
  ].find((path) => existsSync(path));
}

/** A folder and all folders above it. */
function upwards(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}
