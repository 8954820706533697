import type { Device } from '@agop/core';
import type { Engine } from '@agop/core/engine';
import { Box } from './box.ts';
import { cholesky } from './cholesky.ts';
import { eigh } from './eigen.ts';
import { map } from './elementwise.ts';
import { pairwise, patches, powerDistanceGradients, powerDistances, windowSums } from './geometry.ts';
import { fill, identity, random, read, write } from './make.ts';
import { gram, matmul, matmulBatches } from './products.ts';
import { cast, copyRows, diagonal, gather, place, transpose } from './rearrangement.ts';
import { argmax, reduce } from './reductions.ts';
import type { Runtime } from './runtime.ts';
import { solveTriangular } from './triangular.ts';

/** The contract in tfjs operations, float32. Each kernel is a function of the runtime; this binds them to one. */
export function tfjsEngine(runtime: Runtime, device: Device): Engine<Box> {
  return {
    name: runtime.name,
    device,
    dtypes: ['float32'],
    preferredDType: 'float32',

    allocate: (size, dtype) => {
      const box = new Box(size, dtype);
      runtime.reserve(box);
      return box;
    },
    free: (box) => box.clear(),
    write: (buffer, data) => write(runtime, buffer, data),
    read: (buffer, size, dtype) => read(runtime, buffer, size, dtype),
    close: () => {}, // The tfjs backend belongs to the program.

    fill: (out, value) => fill(runtime, out, value),
    identity: (out) => identity(runtime, out),
    random: (out, distribution, key) => random(runtime, out, distribution, key),

    copyRows: (a, begin, out) => copyRows(runtime, a, begin, out),
    cast: (a, out) => cast(runtime, a, out),
    transpose: (a, out) => transpose(runtime, a, out),
    gather: (a, indices, out) => gather(runtime, a, indices, out),
    place: (part, out, row, column) => place(runtime, part, out, row, column),
    diagonal: (a, out) => diagonal(runtime, a, out),

    matmul: (a, b, terms, out) => matmul(runtime, a, b, terms, out),
    matmulBatches: (a, b, batches, terms, out) => matmulBatches(runtime, a, b, batches, terms, out),
    gram: (a, terms, out) => gram(runtime, a, terms, out),
    cholesky: (a, ridge) => cholesky(runtime, a, ridge),
    solveTriangular: (l, b, transposed) => solveTriangular(runtime, l, b, transposed),
    eigh: (a, values, vectors) => eigh(runtime, a, values, vectors),

    map: (expression, inputs, out) => map(runtime, expression, inputs, out),

    reduce: (kind, a, axis, out) => reduce(runtime, kind, a, axis, out),
    argmax: (a, axis, out) => argmax(runtime, a, axis, out),

    pairwise: (x, z, expression, inputs, symmetric, out) =>
      pairwise(runtime, x, z, expression, inputs, symmetric, out),
    powerDistances: (x, z, p, out) => powerDistances(runtime, x, z, p, out),
    powerDistanceGradients: (weights, x, z, p, out) => powerDistanceGradients(runtime, weights, x, z, p, out),
    patches: (images, geometry, out) => patches(runtime, images, geometry, out),
    windowSums: (a, geometry, out) => windowSums(runtime, a, geometry, out),
  };
}
