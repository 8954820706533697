import { eigh } from '@agop/core/host';
import type { Label } from '@agop/data';
import { rowsByClass } from '@agop/deep-rfm';
import type { ShapedArray } from '@agop/estimators';
import type { CollapsePlane } from './result.ts';

/** Points that are shown of each class, and of all, at most. */
const shown = { perClass: 60, most: 500 };

/**
 * Follows training rows through a network, each depth projected on a plane: that in which the class means
 * differ most, the first two principal directions of these. Distances are relative to those of the means in
 * the plane (their root mean square is 1), and each plane is turned such that the means lie as near as they
 * can to where they were before.
 */
export class ClassPlanes {
  readonly planes: CollapsePlane[] = [];
  readonly #classes: readonly Label[];
  readonly #assignment: Int32Array;
  readonly #rows: readonly number[];
  #means: Float64Array | undefined;

  /** @param labels of the rows */
  constructor(labels: readonly Label[]) {
    this.#classes = [...new Set(labels)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const place = new Map(this.#classes.map((label, index) => [label, index]));
    this.#assignment = Int32Array.from(labels, (label) => place.get(label) as number);
    this.#rows = rowsByClass(labels, this.#classes, shown);
  }

  /** @param rows [n, width] at this depth */
  add(layer: number, { data, shape: [, width = 0] }: ShapedArray): CollapsePlane {
    const count = this.#classes.length;
    const means = centeredMeans(data, width, this.#assignment, count);
    const axes = planeOf(means.data, count, width);
    const project = (values: ArrayLike<number>, at: number, center: ArrayLike<number>): [number, number] => {
      const sums: [number, number] = [0, 0];
      for (let j = 0; j < width; j++) {
        const value = (values[at + j] as number) - (center[j] as number);
        sums[0] += value * (axes[j] as number);
        sums[1] += value * (axes[width + j] as number);
      }
      return sums;
    };
    const none = new Float64Array(width);
    const own = Float64Array.from(
      Array.from({ length: count }, (_, k) => project(means.data, k * width, none)).flat(),
    );
    const size = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / count) || 1;
    const turn = turnTo(this.#means, own);
    const placed = ([x, y]: readonly [number, number]): [number, number] => [
      (turn[0] * x + turn[1] * y) / size,
      (turn[2] * x + turn[3] * y) / size,
    ];
    this.#means = Float64Array.from(
      Array.from({ length: count }, (_, k) =>
        placed([own[2 * k] as number, own[2 * k + 1] as number]),
      ).flat(),
    );
    const plane = {
      layer,
      classes: this.#rows.map((row) => this.#assignment[row] as number),
      points: this.#rows.flatMap((row) => placed(project(data, row * width, means.center))),
    };
    this.planes.push(plane);
    return plane;
  }
}

/** Class means minus their mean, [classes, width]; and that mean. */
function centeredMeans(
  data: ArrayLike<number>,
  width: number,
  assignment: Int32Array,
  classes: number,
): { readonly data: Float64Array; readonly center: Float64Array } {
  const means = new Float64Array(classes * width);
  const counts = new Int32Array(classes);
  for (const [row, own] of assignment.entries()) {
    counts[own] = (counts[own] as number) + 1;
    for (let j = 0; j < width; j++) {
      means[own * width + j] = (means[own * width + j] as number) + (data[row * width + j] as number);
    }
  }
  const center = new Float64Array(width);
  for (let at = 0; at < means.length; at++) {
    means[at] = (means[at] as number) / (counts[Math.floor(at / width)] as number);
    center[at % width] = (center[at % width] as number) + (means[at] as number) / classes;
  }
  for (let at = 0; at < means.length; at++)
    means[at] = (means[at] as number) - (center[at % width] as number);
  return { data: means, center };
}

/** The first two principal directions of centered means, [2, width]; zeros where there are fewer. */
function planeOf(means: Float64Array, classes: number, width: number): Float64Array {
  const gram = new Float64Array(classes * classes);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      let sum = 0;
      for (let j = 0; j < width; j++)
        sum += (means[a * width + j] as number) * (means[b * width + j] as number);
      gram[a * classes + b] = sum;
    }
  }
  const { values, vectors } = eigh(gram, classes);
  const axes = new Float64Array(2 * width);
  for (let k = 0; k < 2; k++) {
    const place = classes - 1 - k;
    const length = Math.sqrt(Math.max(0, values[place] ?? 0));
    // Two classes, or all on a line.
    if (!(length > 1e-7 * Math.sqrt(values.at(-1) ?? 0))) continue;
    for (let a = 0; a < classes; a++) {
      const factor = (vectors[a * classes + place] as number) / length;
      for (let j = 0; j < width; j++) {
        axes[k * width + j] = (axes[k * width + j] as number) + factor * (means[a * width + j] as number);
      }
    }
  }
  return axes;
}

/** The rotation or reflection [2, 2] that brings points nearest to where they were. */
function turnTo(
  before: Float64Array | undefined,
  now: Float64Array,
): readonly [number, number, number, number] {
  if (before === undefined) return [1, 0, 0, 1];
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (let at = 0; at < now.length; at += 2) {
    const [x, y] = [now[at] as number, now[at + 1] as number];
    const [u, v] = [before[at] as number, before[at + 1] as number];
    xx += u * x;
    xy += u * y;
    yx += v * x;
    yy += v * y;
  }
  const [rotation, reflection] = [Math.hypot(xx + yy, yx - xy), Math.hypot(xx - yy, yx + xy)];
  if (rotation >= reflection) {
    const [c, s] = rotation > 0 ? [(xx + yy) / rotation, (yx - xy) / rotation] : [1, 0];
    return [c, -s, s, c];
  }
  const [c, s] = [(xx - yy) / reflection, (yx + xy) / reflection];
  return [c, s, s, -c];
}
