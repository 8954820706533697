import { bytesPerElement } from '@agop/core';
import type { PatchGeometry, WindowGeometry } from '@agop/core/engine';
import type { KernelSource } from '../kernels/launcher.ts';
import { kernelSource, powerDefinitions, powerName } from '../kernels/sources.ts';
import { fill } from './make.ts';
import { type DeviceMatrix, type Runtime, scalar, sizeOf } from './runtime.ts';

const side = 64;
const tile = 32;
/**
 * Blocks that keep a large device busy. The parts depend on the sizes alone, so that results do not depend on
 * the device.
 */
const wantedBlocks = 1024;

/** out_ij = Σ_k |x_ik − z_jk|^p */
export function powerDistances(
  runtime: Runtime,
  x: DeviceMatrix,
  z: DeviceMatrix,
  p: number,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const blocks = Math.ceil(x.rows / side) * Math.ceil(z.rows / side);
  const args = [x.buffer, x.rows, z.buffer, z.rows, x.columns, scalar(p, x), out.buffer];
  runtime.launch(powerSource(p, x), 'powerDistances', { grid: [blocks], block: [16, 16] }, args);
}

/**
 * out_ik = Σ_j w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk). Where there are few results the sums are split
 * into parts, which are added in their order.
 */
export function powerDistanceGradients(
  runtime: Runtime,
  weights: DeviceMatrix,
  x: DeviceMatrix,
  z: DeviceMatrix,
  p: number,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  if (z.rows === 0) {
    fill(runtime, out, 0);
    return;
  }
  const source = powerSource(p - 1, x);
  const blocks = Math.ceil(x.rows / tile) * Math.ceil(x.columns / tile);
  const parts = Math.min(Math.ceil(wantedBlocks / blocks), Math.ceil(z.rows / (4 * tile)));
  const each = Math.ceil(z.rows / parts / tile) * tile;
  const [n, m, d] = [x.rows, z.rows, x.columns];
  const into = (target: number): void => {
    const args = [weights.buffer, x.buffer, n, z.buffer, m, d, scalar(p - 1, x), each, target];
    runtime.launch(source, 'powerGradients', { grid: [blocks, parts], block: [tile, 8] }, args);
  };
  if (parts === 1) into(out.buffer);
  else {
    runtime.withScratch(parts * sizeOf(out) * bytesPerElement(out.dtype), (partial) => {
      into(partial);
      runtime.launchOver(source, 'addParts', sizeOf(out), [partial, parts, sizeOf(out), out.buffer]);
    });
  }
}

/** Rows of out are patches of the images. */
export function patches(
  runtime: Runtime,
  images: DeviceMatrix,
  geometry: PatchGeometry,
  out: DeviceMatrix,
): void {
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = geometry;
  const sizes = [height, width, channels, size, stride, padding, outHeight, outWidth, out.rows];
  const args = [images.buffer, ...sizes, out.buffer];
  runtime.launchOver(gridSource(sizeOf(images), out), 'patches', sizeOf(out), args);
}

/** Points of out are sums over windows of the grid. */
export function windowSums(
  runtime: Runtime,
  a: DeviceMatrix,
  geometry: WindowGeometry,
  out: DeviceMatrix,
): void {
  const { height, width, size, padding, rowsPerPoint, outHeight, outWidth } = geometry;
  const inner = rowsPerPoint * a.columns;
  const args = [a.buffer, height, width, inner, size, padding, outHeight, outWidth, out.buffer];
  runtime.launchOver(gridSource(sizeOf(a), out), 'windowSums', sizeOf(out), args);
}

/** Sizes up to which positions, with the steps beyond the end, have room in 32 bits. */
const smallSize = 2 ** 30;

function gridSource(elements: number, out: DeviceMatrix): KernelSource {
  const isSmall = Math.max(elements, sizeOf(out)) <= smallSize;
  return {
    key: `grid ${out.dtype} ${isSmall ? 32 : 64}`,
    source: () => kernelSource('grid', out.dtype, countDefinitions(isSmall)),
  };
}

/** The type of positions in kernels that divide much. */
export function countDefinitions(isSmall: boolean): string {
  return `typedef ${isSmall ? 'int' : 'long long'} Count;\n`;
}

function powerSource(exponent: number, { dtype }: DeviceMatrix): KernelSource {
  return {
    key: `distance ${dtype} ${powerName(exponent)}`,
    source: () => kernelSource('distance', dtype, powerDefinitions(exponent)),
  };
}
