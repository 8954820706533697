import { bytesPerElement, type FloatDType } from '@agop/core';
import type { GrokkingSizes } from '../tasks/sizes.ts';

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
  const agopBlock = blockRows(n, 2 * (n + p) * element);
  const averaging = n + p * d + 2 * d * d + agopBlock * (2 * n + p + 4 * d);
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

/** What a run holds in the program's own memory, in float64 whatever the tensors are: rows, labels, outputs, matrices of all iterations. */
export function hostMemory(sizes: GrokkingSizes, iterations: number): readonly MemoryPart[] {
  const { trainSize: n, testSize: m, columns: d, p } = sizes;
  const table = 6 * Int32Array.BYTES_PER_ELEMENT;
  return [
    { what: oneHotTest(sizes), bytes: m * (8 * (d + p) + table) },
    { what: oneHotTraining(sizes), bytes: n * (8 * (d + 2 * p) + table) },
    {
      what: `the AGOPs and metrics of ${iterations} iterations [${d}, ${d}]`,
      bytes: 16 * iterations * d * d,
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

/** As @agop/rfm splits rows: 16 MiB, or an eighth of the rows and at most 512; at least 32. */
function blockRows(rows: number, rowBytes: number): number {
  return Math.min(rows, Math.max(32, Math.floor(2 ** 24 / rowBytes), Math.min(512, Math.ceil(rows / 8))));
}
