import {
  type Axis,
  bytesPerElement,
  type Device,
  type Distribution,
  type DType,
  type Expression,
  type FloatDType,
  type RandomKey,
  type TypedArray,
} from '@agop/core';
import type { Engine, PatchGeometry, ProductTerms, Reduction, WindowGeometry } from '@agop/core/engine';
import { cholesky } from './cholesky.ts';
import { eigh } from './eigen.ts';
import { type Inputs, map } from './elementwise.ts';
import { patches, powerDistanceGradients, powerDistances, windowSums } from './geometry.ts';
import { IndexRanges } from './index-ranges.ts';
import { fill, identity, random } from './make.ts';
import { pairwise } from './pairwise.ts';
import { gram, matmul, matmulBatches } from './products.ts';
import { cast, copyRows, diagonal, gather, place, transpose } from './rearrangement.ts';
import { argmax, reduce } from './reductions.ts';
import type { DeviceMatrix, Runtime } from './runtime.ts';
import { solveTriangular } from './triangular.ts';

type M = DeviceMatrix;

/** From here on float64 is so slow on a device that float32 is the better default. */
const slowDouble = 4;

/** The CUDA engine: each operation is a function of the runtime; this binds them to one. A buffer is an address on the device. */
export class CudaEngine implements Engine<number> {
  readonly name = 'cuda';
  readonly device: Device;
  readonly dtypes: readonly FloatDType[] = ['float32', 'float64'];
  readonly preferredDType: FloatDType;
  readonly runtime: Runtime;
  readonly #indices = new IndexRanges();

  constructor(runtime: Runtime) {
    this.runtime = runtime;
    this.device = runtime.device;
    const { singleToDoubleRatio } = runtime.context.facts;
    this.preferredDType = singleToDoubleRatio <= slowDouble ? 'float64' : 'float32';
  }

  // --- memory ---

  allocate(size: number, dtype: DType): number {
    return this.runtime.allocate(size * bytesPerElement(dtype));
  }

  free(buffer: number): void {
    this.#indices.forget(buffer);
    this.runtime.free(buffer);
  }

  write(buffer: number, data: ArrayLike<number>, dtype: DType): void {
    this.runtime.upload(buffer, data, dtype);
    if (dtype === 'int32') this.#indices.remember(buffer, data);
  }

  read(buffer: number, size: number, dtype: DType): Promise<TypedArray> {
    return this.runtime.download(buffer, size, dtype);
  }

  close(): void {
    this.runtime.close();
  }

  // --- make ---

  fill(out: M, value: number): void {
    fill(this.runtime, out, value);
  }

  identity(out: M): void {
    identity(this.runtime, out);
  }

  random(out: M, distribution: Distribution, key: RandomKey): void {
    random(this.runtime, out, distribution, key);
  }

  // --- rearrange ---

  copyRows(a: M, begin: number, out: M): void {
    copyRows(this.runtime, a, begin, out);
  }

  cast(a: M, out: M): void {
    cast(this.runtime, a, out);
  }

  transpose(a: M, out: M): void {
    transpose(this.runtime, a, out);
  }

  gather(a: M, indices: M, out: M): void {
    if (indices.columns > 0) this.#indices.check(indices.buffer, a.rows);
    gather(this.runtime, a, indices, out);
  }

  place(part: M, out: M, row: number, column: number): void {
    place(this.runtime, part, out, row, column);
  }

  diagonal(a: M, out: M): void {
    diagonal(this.runtime, a, out);
  }

  // --- linear algebra ---

  matmul(a: M, b: M, terms: ProductTerms, out: M): void {
    matmul(this.runtime, a, b, terms, out);
  }

  matmulBatches(a: M, b: M, batches: number, terms: ProductTerms, out: M): void {
    matmulBatches(this.runtime, a, b, batches, terms, out);
  }

  gram(
    a: M,
    terms: { readonly transpose: boolean; readonly alpha: number; readonly beta: number },
    out: M,
  ): void {
    gram(this.runtime, a, terms, out);
  }

  cholesky(a: M, ridge: number): Promise<void> {
    return cholesky(this.runtime, a, ridge);
  }

  solveTriangular(l: M, b: M, transposed: boolean): void {
    solveTriangular(this.runtime, l, b, transposed);
  }

  eigh(a: M, values: M, vectors: M): Promise<void> {
    return eigh(this.runtime, a, values, vectors);
  }

  // --- elementwise ---

  map(expression: Expression, inputs: Inputs, out: M): void {
    map(this.runtime, expression, inputs, out);
  }

  // --- reductions ---

  reduce(kind: Reduction, a: M, axis: Axis, out: M): void {
    reduce(this.runtime, kind, a, axis, out);
  }

  argmax(a: M, axis: 0 | 1, out: M): void {
    argmax(this.runtime, a, axis, out);
  }

  // --- geometry ---

  pairwise(x: M, z: M, expression: Expression, inputs: Inputs, symmetric: boolean, out: M): void {
    pairwise(this.runtime, x, z, expression, inputs, symmetric, out);
  }

  powerDistances(x: M, z: M, p: number, out: M): void {
    powerDistances(this.runtime, x, z, p, out);
  }

  powerDistanceGradients(weights: M, x: M, z: M, p: number, out: M): void {
    powerDistanceGradients(this.runtime, weights, x, z, p, out);
  }

  patches(images: M, geometry: PatchGeometry, out: M): void {
    patches(this.runtime, images, geometry, out);
  }

  windowSums(a: M, geometry: WindowGeometry, out: M): void {
    windowSums(this.runtime, a, geometry, out);
  }
}
