import { randomArray, subkey, ValueError } from '@agop/core';
import { checkMembers, checkNumbers, checkObjects, checkWhole } from '@agop/core/options';
import type { LabelledImages } from '../images.ts';
import type { FiltersData } from './data.ts';

/** A photograph: gray values, row-major. */
export interface Photograph {
  readonly name: string;
  readonly data: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

/** How photographs become a task. */
export interface PhotographOptions {
  /** Height and width of the pieces. Default 16. */
  readonly size?: number;
  /** Training pieces of each photograph. Default 100. */
  readonly training?: number;
  /** Test pieces of each. Default 100. */
  readonly test?: number;
  /** Seed of the places. Default 0. */
  readonly seed?: number;
}

/** Training pieces lie left of this part of the width, test pieces right of it. */
const border = 0.6;
/** Pieces of each photograph at most. */
const mostPieces = 1_000_000;

/**
 * Pieces of photographs, to be told apart by which photograph they are from. Each piece has mean 0 and
 * standard deviation 1, so that edges and textures tell them apart, not brightness. Training and test pieces
 * come from different parts.
 *
 * @throws {ValueError} for fewer than two photographs, and those that are too small
 * @throws {OptionError} for options out of range, and for photographs of another kind
 */
export function photographData(
  photographs: readonly Photograph[],
  options: PhotographOptions = {},
): FiltersData {
  const kinds = { size: 'number?', training: 'number?', test: 'number?', seed: 'number?' } as const;
  checkMembers('photographData()', options, kinds);
  const { size = 16, training = 100, test = 100, seed = 0 } = options;
  checkWhole('size', size, 3);
  checkWhole('training', training, 1, mostPieces);
  checkWhole('test', test, 1, mostPieces);
  for (const one of checkObjects('photographs', photographs, 'photographs')) {
    const { data, height, width } = one;
    checkMembers(
      'a photograph',
      { ...one },
      { name: 'text', data: 'numbers', height: 'number', width: 'number' },
    );
    checkWhole('height', height, 1);
    checkWhole('width', width, 1);
    checkNumbers('data', data, height * width);
  }
  if (photographs.length < 2) {
    throw new ValueError('Two photographs are needed at least: their pieces are told apart.');
  }
  const small = photographs.find(({ height, width }) => height < size || width * (1 - border) < size + 1);
  if (small) {
    throw new ValueError(
      `${small.name} has ${small.width} x ${small.height} pixels, too few for pieces of ${size} x ${size}.`,
    );
  }
  return {
    name: photographs.map(({ name }) => name).join(' and '),
    training: pieces(photographs, size, training, [0, border], seed),
    test: pieces(photographs, size, test, [border, 1], seed),
    testHeldOut: true,
  };
}

function pieces(
  photographs: readonly Photograph[],
  size: number,
  count: number,
  [left, right]: readonly [number, number],
  seed: number,
): LabelledImages {
  const pixels = size * size;
  const data = new Float32Array(photographs.length * count * pixels);
  const labels = new Int32Array(photographs.length * count);
  for (const [label, { data: values, height, width }] of photographs.entries()) {
    const places = randomArray(
      2 * count,
      'uniform',
      subkey(seed, 'image-sample', 2 * label + (left > 0 ? 1 : 0)),
      'float64',
    );
    const [first, last] = [Math.ceil(left * width), Math.floor(right * width) - size];
    for (let i = 0; i < count; i++) {
      const x = first + Math.floor((places[2 * i] as number) * (last - first + 1));
      const y = Math.floor((places[2 * i + 1] as number) * (height - size + 1));
      // Photographs take turns, so that a part of the pieces has all of them.
      const at = i * photographs.length + label;
      labels[at] = label;
      for (let p = 0; p < pixels; p++) {
        const place = (y + Math.floor(p / size)) * width + x + (p % size);
        data[at * pixels + p] = values[place] as number;
      }
      standardizePiece(data.subarray(at * pixels, (at + 1) * pixels));
    }
  }
  return { data, shape: [labels.length, size, size, 1], labels };
}

/** Mean 0 and standard deviation 1; pieces without any contrast become 0. */
function standardizePiece(piece: Float32Array): void {
  const mean = piece.reduce((sum, value) => sum + value, 0) / piece.length;
  const variance = piece.reduce((sum, value) => sum + (value - mean) ** 2, 0) / piece.length;
  const scale = variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  for (let i = 0; i < piece.length; i++) piece[i] = ((piece[i] as number) - mean) * scale;
}
