import { bytesPerElement, type FloatDType } from '@agop/core';
import { cheapestAgopMethod } from '@agop/rfm';
import type { GrokkingSizes } from '../tasks/task.ts';

/** A part of the memory that a run needs. */
export interface MemoryPart {
  /** For people: `the kernel matrix [1860, 1860]`. */
  readonly what: string;
  readonly bytes: number;
}

/**
 * Bytes of tensors that a run holds at its peak. Most of it is the kernel matrix, n^2 elements, where a considerable part of the table trains, and
 * one-hot test rows otherwise. What an engine takes for itself is not in it.
 *
 * @param kernelEigenvalues whether the eigenvalues of the kernel matrix are asked for, which takes another such matrix
 */
export function grokkingMemory(sizes: GrokkingSizes, dtype: FloatDType, kernelEigenvalues = false): number {
  return sum(tensorMemory(sizes, dtype, kernelEigenvalues));
}

/** The parts of {@link grokkingMemory}. */
export function tensorMemory(
  sizes: GrokkingSizes,
  dtype: FloatDType,
  kernelEigenvalues: boolean,
): readonly MemoryPart[] {
  const { trainSize: n, testSize: m, columns: d, p } = sizes;
  const element = bytesPerElement(dtype);
  // Inputs, targets, the metric; of the machine the inputs in the metric and the coefficients.
  const training = 2 * n * d + n + 2 * n * p + d * d;
  // A fit is followed by predictions, then by the AGOP, then by its root: what the largest of these holds besides counts.
  const square = (kernelEigenvalues ? 2 : 1) * n * n;
  const testBlock = blockRows(m, n * element);
  const testOutputs = m * p * (testBlock < m ? 2 : 1);
  const predicting = Math.max(testOutputs, m * p + testBlock * (2 * d + Math.max(d, n)));
  const averaging = averagingMemory(sizes, element);
  const rooting = 6 * d * d;
  const fitting = Math.max(square, n * n + averaging, rooting);
  const isTestLarger = predicting > fitting;
  const matrix = isTestLarger ? 0 : Math.min(square, fitting);
  return [
    { what: `the kernel matrix [${n}, ${n}]`, bytes: element * matrix },
    { what: oneHotTest(sizes), bytes: element * (m * d + (isTestLarger ? predicting : 0)) },
    { what: oneHotTraining(sizes), bytes: element * training },
    { what: 'working memory', bytes: element * (isTestLarger ? 0 : fitting - matrix) },
  ];
}

/** Elements that an AGOP takes besides one matrix [n, n], by the way that @agop/rfm takes to it. */
function averagingMemory(sizes: GrokkingSizes, element: number): number {
  const { trainSize: n, columns: d, p } = sizes;
  const most = mostPerColumn(sizes);
  const method = cheapestAgopMethod({
    samples: n,
    centers: n,
    outputs: p,
    features: d,
    nonzerosPerColumn: most,
  });
  if (method === 'sparse') {
    const block = cacheBlockRows(n, (2 * n + d * (most + p)) * element);
    const ofBlock = 1 + block / p + 3 * Math.sqrt(block / p);
    const own = d * ofBlock * (block + p) + block * (block + p);
    return n * p + 2 * n + d * d + d * most * p + block * (2 * n + d * (most + p)) + own;
  }
  const block = blockRows(n, 2 * (n + p) * element);
  return n + p * d + 2 * d * d + block * (2 * n + p + 4 * d);
}

/** About how many training pairs have the most frequent operand; with two operations half of them share the task bit. */
function mostPerColumn({ trainSize: n, testSize: m, columns, p }: GrokkingSizes): number {
  if (columns > 2 * p) return n / 2;
  const mean = n / p;
  return Math.min(p, mean + 2.5 * Math.sqrt((mean * m) / (n + m)));
}

/**
 * What a run holds in the program's own memory, in float64 whatever the tensors are: rows, labels, outputs, matrices of all fits.
 *
 * @param iterations metric updates; there is one fit more
 */
export function hostMemory(sizes: GrokkingSizes, iterations: number): readonly MemoryPart[] {
  const { trainSize: n, testSize: m, columns: d, p } = sizes;
  const table = 6 * Int32Array.BYTES_PER_ELEMENT;
  return [
    { what: oneHotTest(sizes), bytes: m * (8 * (d + p) + table) },
    { what: oneHotTraining(sizes), bytes: n * (8 * (d + 2 * p) + table) },
    {
      what: `the AGOPs and metrics of ${iterations} iterations [${d}, ${d}]`,
      bytes: 16 * (iterations + 1) * d * d,
    },
  ];
}

/** Parts of the same name become one. */
export function addParts(parts: readonly MemoryPart[]): readonly MemoryPart[] {
  const byName = new Map<string, number>();
  for (const { what, bytes } of parts) byName.set(what, (byName.get(what) ?? 0) + bytes);
  return [...byName].map(([what, bytes]) => ({ what, bytes }));
}

export function sum(parts: readonly MemoryPart[]): number {
  return parts.reduce((total, { bytes }) => total + bytes, 0);
}

const oneHotTest = ({ testSize, columns }: GrokkingSizes): string =>
  `the one-hot rows of the test pairs [${testSize}, ${columns}] and their outputs`;
const oneHotTraining = ({ trainSize, columns }: GrokkingSizes): string =>
  `the one-hot rows of the training pairs [${trainSize}, ${columns}] and their outputs`;

/** As @agop/rfm splits rows for work in the cache: 8 MiB, in multiples of 32. */
function cacheBlockRows(rows: number, rowBytes: number): number {
  return Math.min(rows, Math.max(32, 32 * Math.floor(2 ** 23 / (32 * rowBytes))));
}

/** As @agop/rfm splits rows: 16 MiB, or an eighth of the rows and at most 512; at least 32. */
function blockRows(rows: number, rowBytes: number): number {
  return Math.min(rows, Math.max(32, Math.floor(2 ** 24 / rowBytes), Math.min(512, Math.ceil(rows / 8))));
}
