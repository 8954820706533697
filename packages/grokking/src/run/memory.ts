import { bytesPerElement, type FloatDType } from '@agop/core';
import { predictionMemory, recursionMemory } from '@agop/rfm';
import type { GrokkingSizes } from '../tasks/task.ts';

/** A part of the memory that a run needs. */
export interface MemoryPart {
  /** For people: `the kernel matrix [1860, 1860]`. */
  readonly what: string;
  readonly bytes: number;
}

/**
 * Bytes of tensors that a run holds at its peak. Most of it is the kernel matrix, n^2 elements, where a
 * considerable part of the table trains, and one-hot test rows otherwise. What an engine takes for itself is
 * not in it. It is that of engines which sum over the entries of the one-hot rows alone; on others the AGOP
 * of a small table (p below 61) takes two more such matrices.
 *
 * @param kernelEigenvalues whether the eigenvalues of the kernel matrix are asked for, which takes another
 *   such matrix
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
  const run = { samples: n, outputs: p, features: d, ...nonzerosOf(sizes) };
  const { data, fit, agop, update } = recursionMemory(run, dtype);
  // A fit is followed by predictions, then by the AGOP, then by its root: what the largest of these holds
  // besides counts.
  const square = (kernelEigenvalues ? 2 : 1) * fit;
  const predicting = predictionMemory(run, m, dtype);
  const fitting = Math.max(square, agop, update);
  const isTestLarger = predicting > fitting;
  const matrix = isTestLarger ? 0 : Math.min(square, fitting);
  return [
    { what: `the kernel matrix [${n}, ${n}]`, bytes: matrix },
    { what: oneHotTest(sizes), bytes: bytesPerElement(dtype) * m * d + (isTestLarger ? predicting : 0) },
    { what: oneHotTraining(sizes), bytes: data },
    { what: 'working memory', bytes: isTestLarger ? 0 : fitting - matrix },
  ];
}

/**
 * About how many training pairs have the most frequent operand, with two operations half of them the task
 * bit; and how many entries there are in all.
 */
function nonzerosOf({ trainSize: n, testSize: m, columns, p }: GrokkingSizes) {
  if (columns > 2 * p) return { nonzerosPerColumn: n / 2, nonzeros: 2.5 * n };
  const mean = n / p;
  const most = Math.min(p, mean + 2.5 * Math.sqrt((mean * m) / (n + m)));
  return { nonzerosPerColumn: most, nonzeros: 2 * n };
}

/**
 * What a run holds in the program's own memory, in float64 whatever the tensors are: rows, labels, outputs,
 * matrices of all fits.
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
