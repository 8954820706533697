import type { Backend, Tensor } from '@agop/core';
import { type FieldGeometry, type PositionGrid, positionsOf } from '../images/geometry.ts';
import type { FieldPlan, Fields } from '../kernels/field-kernel.ts';

/**
 * All pairs of positions, ordered by their displacement: for each, the positions p of one image with p +
 * displacement in the grid of the other are a rectangle, on which the recursion runs as on a whole grid.
 * Windows at stride 1 move both positions alike, so that displacements never mix.
 */
export interface Displacement {
  readonly plan: FieldPlan;
  /** Rows of the patches [P · d, b] and of the scales of each layer, for the first and the second image. */
  readonly first: RowSelection;
  readonly second: RowSelection;
  /** Per layer the place in the rectangle of each position, or for none the number of places. */
  readonly places: readonly Int32Array[];
}

/** Indices of rows, on the backend. */
interface RowSelection {
  readonly patches: Tensor;
  readonly scales: readonly Tensor[];
}

/**
 * Prepares the displacements of a geometry; `ops` owns the indices (a scope's).
 *
 * Where later layers have fewer positions than there are displacements, these end early: they do not reach
 * the last layer and are left out.
 */
export function allDisplacements(ops: Backend, geometry: FieldGeometry): Displacement[] {
  const last = geometry.grids.at(-1) as PositionGrid;
  const found: Displacement[] = [];
  for (let dy = 1 - last.height; dy < last.height; dy++) {
    for (let dx = 1 - last.width; dx < last.width; dx++) found.push(displacement(ops, geometry, dy, dx));
  }
  return found;
}

function displacement(ops: Backend, geometry: FieldGeometry, dy: number, dx: number): Displacement {
  const grids = geometry.grids.map(({ height, width }) => ({
    height: height - Math.abs(dy),
    width: width - Math.abs(dx),
  }));
  const within = (fromY: number, fromX: number): number[][] =>
    grids.map((grid, layer) => positionsWithin(geometry.grids[layer] as PositionGrid, grid, fromY, fromX));
  const [first, second] = [
    within(Math.max(0, -dy), Math.max(0, -dx)),
    within(Math.max(0, dy), Math.max(0, dx)),
  ];
  const places = first.map((covered, layer) => {
    const all = new Int32Array(positionsOf(geometry, layer)).fill(covered.length);
    for (const [place, position] of covered.entries()) all[position] = place;
    return all;
  });
  const rows = (positions: readonly (readonly number[])[]) => rowsAt(ops, positions, geometry.patchLength);
  return { plan: { ...geometry, grids }, first: rows(first), second: rows(second), places };
}

/** @param positions per layer */
function rowsAt(ops: Backend, positions: readonly (readonly number[])[], length: number): RowSelection {
  const indices = (list: readonly number[]): Tensor => ops.tensor(list, [list.length], 'int32');
  const patches = (positions[0] as number[]).flatMap((p) => Array.from({ length }, (_, k) => p * length + k));
  return { patches: indices(patches), scales: positions.map(indices) };
}

/** Positions of a grid that a rectangle at (fromY, fromX) covers, row by row. */
function positionsWithin(
  { width }: PositionGrid,
  rectangle: PositionGrid,
  fromY: number,
  fromX: number,
): number[] {
  const list: number[] = [];
  for (let y = fromY; y < fromY + rectangle.height; y++) {
    for (let x = fromX; x < fromX + rectangle.width; x++) list.push(y * width + x);
  }
  return list;
}

/** The chosen rows of prepared images; `ops` owns them (a scope's). */
export function selectFields(ops: Backend, fields: Fields, rows: RowSelection): Fields {
  return {
    count: fields.count,
    patches: ops.gather(fields.patches, rows.patches),
    scales: fields.scales.map((scale, layer) => ops.gather(scale, rows.scales[layer] as Tensor)),
  };
}
