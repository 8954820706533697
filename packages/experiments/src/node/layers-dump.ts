import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { FormatError } from '@agop/core';
import { readNpy } from '@agop/data';
import { isFolder, readFileBytes } from '@agop/data/node';
import { decodeSafetensors } from '@agop/estimators';
import type { DumpedArray, DumpedLayer, LayersDump } from '../layers/run.ts';
import { sayPath } from './named-path.ts';

const parts = ['weight', 'gradient', 'initial'] as const;

/**
 * Weights and gradients that another program has saved: a safetensors file with `LAYER.weight`,
 * `LAYER.gradient` and, if known, `LAYER.initial` of each layer, or a folder with such names of `.npy` files.
 *
 * @param path as the option `--dump` says it
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged, or have no layer with both
 */
export async function readLayersDump(path: string): Promise<LayersDump> {
  const place = { path, option: 'dump' };
  const arrays = (await isFolder(path).catch(sayPath(place)))
    ? await readFolder(path)
    : decodeSafetensors(await readFileBytes(path).catch(sayPath(place))).tensors;
  const names = new Set(
    Object.keys(arrays).flatMap((key) => {
      const end = key.lastIndexOf('.');
      return parts.some((part) => part === key.slice(end + 1)) ? [key.slice(0, end)] : [];
    }),
  );
  const layers = Array.from(names, (name): DumpedLayer => {
    const [weight, gradient, initial] = parts.map((part) => arrays[`${name}.${part}`]);
    if (weight && gradient) return { name, weight, gradient, initial };
    throw new FormatError(`${path} has no '${name}.${weight ? 'gradient' : 'weight'}'.`);
  });
  if (layers.length > 0) return { name: basename(resolve(path)), layers };
  const found = Object.keys(arrays).slice(0, 5).join(', ') || 'nothing';
  throw new FormatError(
    `${path} has no layer: LAYER.weight and LAYER.gradient are expected, but there is ${found}.`,
  );
}

async function readFolder(path: string): Promise<Record<string, DumpedArray>> {
  const files = (await readdir(path)).filter((file) => file.endsWith('.npy')).sort();
  const arrays: [string, DumpedArray][] = [];
  for (const file of files) {
    arrays.push([file.slice(0, -'.npy'.length), readNpy(await readFileBytes(join(path, file)), file)]);
  }
  return Object.fromEntries(arrays);
}
