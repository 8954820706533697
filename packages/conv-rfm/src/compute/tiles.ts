import { add, type Backend, multiply, Scope, type Tensor } from '@agop/core';
import { positionsOf } from '../images/geometry.ts';
import type { Fields } from '../kernels/field-kernel.ts';
import { canFuse, type KernelTask } from './budget.ts';
import { allDisplacements, type Displacement, selectFields } from './displacements.ts';

/** A kernel ready for images of one size. */
export interface TileKernel extends KernelTask {
  /** Pairs of positions; undefined for the same positions only. */
  readonly displacements: readonly Displacement[] | undefined;
  /** Whether tiles are computed by the backend's fused operation. */
  readonly fused: boolean;
}

/** {@link Fields} that someone owns. */
export interface PreparedImages extends Fields, Disposable {}

/** Patches of some images as rows, image by image: what the fused operation takes. */
export interface PatchBlock extends Disposable {
  readonly count: number;
  /** [count · P, d] */
  readonly rows: Tensor;
}

/** A block of images, made ready for one way or the other of computing tiles. */
export type TileBlock = PreparedImages | PatchBlock;

/** Makes a kernel ready; `ops` owns its tensors (a scope's). */
export function tileKernelFor(ops: Backend, task: KernelTask): TileKernel {
  const displacements = task.kernel.pooling === 'average' ? allDisplacements(ops, task.geometry) : undefined;
  return { ...task, displacements, fused: canFuse(task) };
}

/** Kernel values of all pairs of two blocks of images: [x.count, z.count]. The caller owns it. */
export function tileValues(tileKernel: TileKernel, x: TileBlock, z: TileBlock): Tensor {
  if ('rows' in x && 'rows' in z) {
    const { backend, kernel, geometry } = tileKernel;
    const tile = kernel.fields.fused?.(backend)?.(x.rows, z.rows, geometry);
    if (tile) return tile;
  }
  if ('rows' in x || 'rows' in z) throw new TypeError('The backend has no fused operation for these blocks.');
  return composedValues(tileKernel, x, z);
}

function composedValues(tileKernel: TileKernel, x: Fields, z: Fields): Tensor {
  const { backend, kernel, geometry, displacements } = tileKernel;
  const factor = readoutFactor(tileKernel);
  if (!displacements) {
    using values = kernel.fields.values(backend, { x, z, plan: geometry });
    return sumOverPositions(backend, values, x.count, factor);
  }
  using scope = new Scope(backend);
  let total: Tensor | undefined;
  for (const { plan, first, second } of displacements) {
    using parts = new Scope(backend);
    const pair = { x: selectFields(parts.ops, x, first), z: selectFields(parts.ops, z, second), plan };
    const values = parts.own(kernel.fields.values(parts.ops, pair));
    const part = parts.own(sumOverPositions(backend, values, x.count, factor));
    total = total ? add(backend, total, part, { out: total }) : scope.own(parts.keep(part));
  }
  return scope.keep(total as Tensor);
}

/** One over the number of positions, or pairs of positions, of the last layer. */
export function readoutFactor({ geometry, displacements }: TileKernel): number {
  const positions = positionsOf(geometry, -1);
  return 1 / (displacements ? positions ** 2 : positions);
}

/** factor · Σ over positions of a field [P · rows, columns]: [rows, columns]. The caller owns it. */
function sumOverPositions(ops: Backend, field: Tensor, rows: number, factor: number): Tensor {
  using scope = new Scope(ops);
  const columns = field.shape[1] as number;
  const positions = (field.shape[0] as number) / rows;
  const sums = scope.ops.sum(scope.ops.reshape(field, [positions, rows * columns]), 0);
  const flat = multiply(scope.ops, sums, factor, { out: sums });
  return scope.keep(scope.ops.reshape(flat, [rows, columns], { consume: true }));
}
