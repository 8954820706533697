import { type Backend, input, Scope, type Tensor } from '@agop/core';
import { type FieldGeometry, type Grid, positionsOf } from '../images/geometry.ts';
import type { Fields } from '../kernels/field-kernel.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { type Displacement, selectFields } from './displacements.ts';
import { type PreparedImages, planOf } from './prepared-images.ts';

/** A kernel ready for images of one size. */
export interface TileKernel {
  readonly kernel: ImageKernel;
  readonly geometry: FieldGeometry;
  /** Pairs of positions; undefined for the same positions only. */
  readonly displacements: readonly Displacement[] | undefined;
  /** Whether tiles are computed by the backend's fused operation. */
  readonly fused: boolean;
}

/** Patches of some images as rows, image by image: what the fused operation takes. */
export interface PatchBlock {
  readonly count: number;
  /** [count · P, d] */
  readonly rows: Tensor;
  dispose(): void;
}

/** A block of images, made ready for one way or the other of computing tiles. */
export type TileBlock = PreparedImages | PatchBlock;

const sum = input('a').add(input('b'));
const scaled = input('a').mul(input('factor'));

/** Longest patches for which the fused operation is worth its while: for longer ones products of matrices count most. */
const longestFused = 96;

/** Whether the fused operation of a backend can be used, and should be. */
export function canFuse(
  backend: Backend,
  { fields, pooling }: ImageKernel,
  { patchLength }: FieldGeometry,
): boolean {
  return fields.fused?.(backend) !== undefined && pooling === 'none' && patchLength <= longestFused;
}

/** Kernel values of all pairs of two blocks of images: [x.count, z.count]. The caller owns it. */
export function tileValues(ops: Backend, tileKernel: TileKernel, x: TileBlock, z: TileBlock): Tensor {
  if ('rows' in x && 'rows' in z) {
    const { kernel, geometry } = tileKernel;
    const tile = kernel.fields.fused?.(ops)?.(x.rows, z.rows, planOf(geometry));
    if (tile) return tile;
  }
  if ('rows' in x || 'rows' in z) throw new TypeError('The backend has no fused operation for these blocks.');
  return composedValues(ops, tileKernel, x, z);
}

function composedValues(ops: Backend, tileKernel: TileKernel, x: Fields, z: Fields): Tensor {
  const { kernel, geometry, displacements } = tileKernel;
  const factor = readoutFactor(tileKernel);
  if (!displacements) {
    using values = kernel.fields.values(ops, x, z, planOf(geometry));
    return sumOverPositions(ops, values, x.count, factor);
  }
  using scope = new Scope(ops);
  let total: Tensor | undefined;
  for (const { plan, first, second } of displacements) {
    using parts = new Scope(ops);
    const [left, right] = [selectFields(parts.ops, x, first), selectFields(parts.ops, z, second)];
    const values = parts.own(kernel.fields.values(ops, left, right, plan));
    const part = parts.own(sumOverPositions(ops, values, x.count, factor));
    total = total ? ops.map(sum, { a: total, b: part }, { out: total }) : scope.own(parts.keep(part));
  }
  return scope.keep(total as Tensor);
}

/** One over the number of positions, or pairs of positions, of the last layer. */
export function readoutFactor({ geometry, displacements }: TileKernel): number {
  const positions = positionsOf(geometry.grids.at(-1) as Grid);
  return 1 / (displacements ? positions ** 2 : positions);
}

/** factor · Σ over positions of a field [P · rows, columns]: [rows, columns]. The caller owns it. */
function sumOverPositions(ops: Backend, field: Tensor, rows: number, factor: number): Tensor {
  using scope = new Scope(ops);
  const columns = field.shape[1] as number;
  const positions = (field.shape[0] as number) / rows;
  const sums = scope.ops.sum(scope.ops.reshape(field, [positions, rows * columns]), 0);
  const flat = scope.ops.map(scaled, { a: sums, factor }, { out: sums });
  return scope.keep(scope.ops.reshape(flat, [rows, columns], { consume: true }));
}
