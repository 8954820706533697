import { add, type Backend, floatDType, input, multiply, Scope, type Tensor } from '@agop/core';
import { type Displacement, selectFields } from '../compute/displacements.ts';
import { readoutFactor, type TileKernel } from '../compute/tiles.ts';
import { positionsOf } from '../images/geometry.ts';
import type { FieldPair, Fields } from '../kernels/field-kernel.ts';

const addOwn = input('g').add(input('v').mul(input('u')).mul(input('factor')));

/**
 * Gradients of the outputs of a kernel machine by the (transformed) patches of a few images, summed up over
 * blocks of its centers:
 *
 *   ∂f_o / ∂u_p = Σ_j α_jo (κ_uv v_p + 2 κ_uu u_p),
 *
 * v_p being the patch of center j at position p, and κ_uv, κ_uu the derivatives of the kernel by u·v and u·u
 * there. Each patch counts as a variable of its own, although patches overlap.
 */
export class PatchGradientSums {
  readonly #scope: Scope;
  readonly #tileKernel: TileKernel;
  readonly #images: Fields;
  /** Per output [P · b, d]. */
  readonly #sums: Tensor[];
  /** Per layer Σ_j α_jo times the derivatives by what the images alone bring, [P · b, outputs]. */
  readonly #squares: Tensor[];

  /** @param images b of them, the caller's */
  constructor(tileKernel: TileKernel, images: Fields, outputs: number) {
    this.#scope = new Scope(tileKernel.backend);
    this.#tileKernel = tileKernel;
    this.#images = images;
    const { geometry } = tileKernel;
    const rows = positionsOf(geometry) * images.count;
    const dtype = floatDType(images.patches);
    const { ops } = this.#scope;
    try {
      this.#sums = Array.from({ length: outputs }, () => ops.full([rows, geometry.patchLength], 0, dtype));
      this.#squares = geometry.grids.map((_, layer) =>
        ops.full([positionsOf(geometry, layer) * images.count, outputs], 0, dtype),
      );
    } catch (error) {
      // Nobody else has the object yet.
      this.#scope.dispose();
      throw error;
    }
  }

  /**
   * Adds what some centers contribute.
   *
   * @param coefficients α [centers.count, outputs]
   */
  add(centers: Fields, coefficients: Tensor): void {
    const { displacements, geometry } = this.#tileKernel;
    if (!displacements) {
      this.#addAt({ x: this.#images, z: centers, plan: geometry }, coefficients, undefined);
      return;
    }
    for (const displacement of displacements) {
      using parts = new Scope(this.#scope.ops);
      const x = selectFields(parts.ops, this.#images, displacement.first);
      const z = selectFields(parts.ops, centers, displacement.second);
      this.#addAt({ x, z, plan: displacement.plan }, coefficients, displacement.places);
    }
  }

  /**
   * The gradients per output, [P · b, d], position by position; they belong to this object. Call it once, at
   * the end.
   *
   * @param patches u as rows, position by position: [P · b, d]
   */
  finish(patches: Tensor): readonly Tensor[] {
    using parts = new Scope(this.#scope.ops);
    const { kernel, geometry } = this.#tileKernel;
    const squares = parts.own(kernel.fields.squaresOfPatches(parts.ops, this.#squares, geometry));
    const columns = parts.ops.transpose(squares);
    const factor = 2 * readoutFactor(this.#tileKernel);
    for (const [output, g] of this.#sums.entries()) {
      const row = parts.ops.rows(columns, output, output + 1);
      const v = parts.ops.reshape(row, [row.size, 1]);
      parts.ops.map(addOwn, { g, v, u: patches, factor }, { out: g });
    }
    return this.#sums;
  }

  [Symbol.dispose](): void {
    this.#scope.dispose();
  }

  /** @param places of a part of the positions, see {@link Displacement.places}; undefined for all of them */
  #addAt({ x, z, plan }: FieldPair, coefficients: Tensor, places: Displacement['places'] | undefined): void {
    using parts = new Scope(this.#scope.ops);
    const { ops } = parts;
    const found = this.#tileKernel.kernel.fields.sensitivities(ops, { x, z, plan }, coefficients);
    const adjoints = places?.map((each) => adjointOfRestriction(ops, each, x.count));
    for (const [layer, total] of this.#squares.entries()) {
      const square = found.squares[layer] as Tensor;
      const part = adjoints?.[layer]?.(square) ?? square;
      add(ops, total, part, { out: total });
    }
    const options = {
      transposeB: true,
      batches: positionsOf(plan),
      alpha: readoutFactor(this.#tileKernel),
    };
    const rows = ops.transpose(coefficients);
    const adjoint = adjoints?.[0];
    for (const [output, total] of this.#sums.entries()) {
      using each = new Scope(ops);
      const a = multiply(each.ops, found.product, each.ops.rows(rows, output, output + 1));
      if (!adjoint) each.ops.matmul(a, z.patches, { ...options, beta: 1, out: total });
      else {
        const part = adjoint(each.ops.matmul(a, z.patches, options));
        add(each.ops, total, part, { out: total });
      }
    }
  }
}

/**
 * The adjoint of restricting fields to the positions of a rectangle: rows of the rectangle become rows of the
 * whole grid, with zeros elsewhere. `ops` owns the tensors (a scope's).
 */
function adjointOfRestriction(ops: Backend, places: Int32Array, images: number): (field: Tensor) => Tensor {
  const rows = Int32Array.from({ length: places.length * images }, (_, row) => {
    const place = places[Math.floor(row / images)] as number;
    return place * images + (row % images);
  });
  const indices = ops.tensor(rows, [rows.length], 'int32');
  return (field) => {
    const zeros = ops.full([images, field.shape[1] as number], 0, floatDType(field));
    return ops.gather(ops.concat([field, zeros], 0), indices);
  };
}
