import type { Target } from '../target.ts';
import { csv } from './csv.ts';
import { expressions } from './expressions.ts';
import { fits } from './fits.ts';
import { functions } from './functions.ts';
import { images } from './images.ts';
import { models } from './models.ts';
import { otherTables } from './other-tables.ts';
import { agop } from './program.ts';
import { safetensors } from './safetensors.ts';
import { tables } from './tables.ts';

/** All targets, in the order in which they are tried. */
export const targets: readonly Target[] = [
  ...[csv, otherTables, images, safetensors, models],
  ...[functions, fits, tables, expressions, agop],
];

/** @throws {TypeError} for a name that is not there */
export function findTarget(name: string): Target {
  const target = targets.find((one) => one.name === name);
  if (target === undefined) {
    throw new TypeError(
      `There is no target '${name}'. There are ${targets.map((one) => one.name).join(', ')}.`,
    );
  }
  return target;
}
