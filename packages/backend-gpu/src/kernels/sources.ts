import { existsSync, readFileSync } from 'node:fs';
import type { DType } from '@agop/core';

/** The kernel sources of this package, in its folder `kernels`. */
export type KernelFile =
  | 'fill'
  | 'copy'
  | 'cast'
  | 'transpose'
  | 'reduce'
  | 'argmax'
  | 'random'
  | 'distance'
  | 'grid'
  | 'cholesky'
  | 'triangular'
  | 'split'
  | 'eigen';

const cTypes: Readonly<Record<DType, string>> = { float32: 'float', float64: 'double', int32: 'int' };

/** A complete source for one element type. `definitions` are put between the types and the kernels. */
export function kernelSource(file: KernelFile, dtype: DType, definitions = ''): string {
  return `${sourceHead(dtype)}${definitions}${text(file)}`;
}

/** What stands before every source: the element type T, functions of that type, and the prelude. */
export function sourceHead(dtype: DType): string {
  const suffix = dtype === 'float32' ? 'f' : '';
  return [
    `typedef ${cTypes[dtype]} T;`,
    `#define SQRT sqrt${suffix}`,
    `#define POW pow${suffix}`,
    `#define ACOS acos${suffix}`,
    text('prelude'),
  ].join('\n');
}

/** The type S that `cast` reads. */
export function castDefinitions(from: DType): string {
  return `typedef ${cTypes[from]} S;\n`;
}

/**
 * d^exponent for d >= 0, by products and roots where that is possible; the power functions are 20 times as
 * slow.
 */
export function powerDefinitions(exponent: number): string {
  const simple: Readonly<Record<string, string>> = {
    0: 'T(1)',
    0.5: 'SQRT(d)',
    1: 'd',
    1.5: 'd * SQRT(d)',
    2: 'd * d',
    3: 'd * d * d',
  };
  const body = simple[exponent] ?? 'POW(d, exponent)';
  return `__device__ inline T power(T d, T exponent) { return ${body}; }\n`;
}

/** Which of {@link powerDefinitions} an exponent needs: equal names, equal sources. */
export function powerName(exponent: number): string {
  return [0, 0.5, 1, 1.5, 2, 3].includes(exponent) ? `${exponent}` : 'any';
}

const texts = new Map<string, string>();

function text(file: KernelFile | 'prelude'): string {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const read = readFileSync(new URL(`${file}.cu`, folder()), 'utf8');
  texts.set(file, read);
  return read;
}

/** The folder `kernels`: of the sources, of the built package, or beside a program that bundles it. */
function folder(): URL {
  const places = ['../../kernels/', '../kernels/', './kernels/'];
  const urls = places.map((place) => new URL(place, import.meta.url));
  return urls.find((url) => existsSync(new URL('prelude.cu', url))) ?? (urls[0] as URL);
}
