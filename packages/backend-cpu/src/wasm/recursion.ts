import { bytesPerElement } from '@agop/core';
import { floatKernels, type M } from './memory.ts';
import type { Runtime } from './runtime.ts';

/** Fields are padded to whole steps of the kernels. */
const STEP = 32;
/** Windows read and write up to a step beyond a field. */
const MARGIN = 128;
const LAYER_WORDS = 5;

/** What the recursion is told; patches are rows, image by image. */
export interface RecursionGeometry {
  /** Positions of each layer. */
  readonly grids: readonly { readonly height: number; readonly width: number }[];
  /** Height and width of the windows between layers. */
  readonly size: number;
  /** Zeros around a grid before its windows are summed. */
  readonly padding: number;
  /** Factor of the inner products. */
  readonly scale: number;
  /** Whether tangents are added. */
  readonly tangent: boolean;
  /** x and z are the same images: half of the result is computed and mirrored. */
  readonly symmetric: boolean;
}

/** Where the parts of a prepared image are, in bytes. */
interface ImageLayout {
  readonly layers: readonly (readonly [
    height: number,
    width: number,
    field: number,
    roots: number,
    inverses: number,
  ])[];
  readonly imageBytes: number;
  /** Bytes of the largest field, with its border and margin. */
  readonly workBytes: number;
}

/** Runs the kernels of assembly/recursion.ts: prepares both operands, then all pairs. */
export function arcCosineRecursion(
  runtime: Runtime,
  [x, z]: readonly [M, M],
  geometry: RecursionGeometry,
  out: M,
): void {
  const { kernels, heap, threads } = runtime;
  const { prepareRecursion, runRecursion } = floatKernels(runtime, x);
  const { layers, imageBytes, workBytes } = layout(geometry, x.columns, bytesPerElement(x.dtype));
  const scratchBytes = kernels.recursionFields() * workBytes;
  const taken: number[] = [];
  const take = (bytes: number): number => {
    const address = heap.allocate(bytes);
    taken.push(address);
    return address;
  };
  try {
    const list = take(layers.length * LAYER_WORDS * 4);
    const scratch = take(threads * scratchBytes);
    const [preparedX, preparedZ] = [
      take(out.rows * imageBytes + MARGIN),
      take(out.columns * imageBytes + MARGIN),
    ];
    new Int32Array(heap.memory.buffer, list, layers.length * LAYER_WORDS).set(layers.flat());
    kernels.setUpRecursion(
      list,
      layers.length,
      x.columns,
      geometry.size,
      geometry.padding,
      Number(geometry.tangent),
      Number(geometry.symmetric),
      geometry.scale,
      1 / positions(geometry.grids.at(-1)),
      out.rows,
      out.columns,
      imageBytes,
      out.buffer,
      scratch,
      scratchBytes,
      workBytes,
    );
    prepareRecursion(x.buffer, out.rows, preparedX, 1);
    prepareRecursion(z.buffer, out.columns, preparedZ, 0);
    runRecursion();
  } finally {
    for (const address of taken) heap.free(address);
  }
}

function layout({ grids, padding }: RecursionGeometry, length: number, size: number): ImageLayout {
  const whole = (bytes: number): number => Math.ceil(bytes / STEP) * STEP;
  let end = 0;
  let workBytes = 0;
  const layers = grids.map(({ height, width }, index) => {
    const field = whole(height * width * size);
    if (index === 0) end = length * field;
    const roots = end;
    const inverses = roots + field;
    end = inverses + field;
    const bordered = (height + 2 * padding) * (width + 2 * padding) * size;
    workBytes = Math.max(workBytes, whole(bordered) + MARGIN);
    return [height, width, field, roots, inverses] as const;
  });
  return { layers, imageBytes: end, workBytes };
}

function positions(grid: { readonly height: number; readonly width: number } | undefined): number {
  return grid ? grid.height * grid.width : 1;
}
