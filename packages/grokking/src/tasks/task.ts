import { OptionError } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { listOperations, type OperationChoice } from './find-operation.ts';
import { type ModularOperation, resultsOf } from './operation.ts';
import { encodeInputs, encodeTargets, joinSamples, type ModularSamples } from './samples.ts';
import { checkSplit, randomSplit, trainingSize } from './split.ts';
import { checkModulus, modularTable, tableSize } from './table.ts';

/** What {@link modularTask} builds. */
export interface ModularTaskOptions {
  /**
   * What to learn: `+`, `-`, `*`, `/`, the formula of a polynomial (`x^2+y^2`), or an operation of one's own.
   * Two of them make a task with a task bit, whose pairs are split once for both.
   */
  readonly operation: OperationChoice;
  /** Modulus. Default 61. */
  readonly p?: number;
  /** Part of the table to train on. Default 0.5. */
  readonly fraction?: number;
  /** Seed of the split. Default 0. */
  readonly seed?: number;
  /** A given split, as rows of {@link modularTable}, instead of `fraction` and `seed`. */
  readonly split?: { readonly train: ArrayLike<number>; readonly test: ArrayLike<number> };
}

const names: Readonly<Record<keyof ModularTaskOptions, boolean>> = {
  operation: true,
  p: true,
  fraction: true,
  seed: true,
  split: true,
};

/** One part of a task, ready for a learner. The arrays are made when they are first asked for. */
export interface EncodedSamples extends ModularSamples {
  /** One-hot rows, row-major [size, task.columns]. */
  readonly inputs: Float64Array;
  /** One-hot labels, row-major [size, p]. */
  readonly targets: Float64Array;
}

/** A modular arithmetic task: what to learn and from which pairs. */
export interface ModularTask {
  readonly p: number;
  /** One or two. */
  readonly operations: readonly ModularOperation[];
  /** Length of an input row: 2p, or 2p + 1 with two operations. */
  readonly columns: number;
  /** Part of the table that trains. */
  readonly fraction: number;
  readonly train: EncodedSamples;
  readonly test: EncodedSamples;
}

/**
 * Builds a task: the table, its split, one-hot inputs and labels.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), section 2; two operations with a task bit: appendix G.
 *
 * @throws {OptionError} for an unknown operation, a p that does not suit it, a split with an empty side, or
 *   an unknown name
 * @throws {ValueError} if an operation of one's own gives something else than a residue
 * @throws {OutOfMemoryError} if the table has more than 2^25 pairs
 *
 * @example
 * const task = modularTask({ operation: '+', p: 61, fraction: 0.5, seed: 1 });
 * task.train.inputs; // Float64Array, 1860 rows of length 122
 */
export function modularTask(options: ModularTaskOptions): ModularTask {
  checkGiven('modularTask()', options, names);
  const { p = 61, fraction = 0.5, seed = 0 } = options;
  const operations = listOperations(options.operation);
  for (const operation of operations) checkModulus(operation, p);
  // Two operations share their pairs, so b = 0 is left out for both if one of them divides.
  const first = operations.find((operation) => operation.divides) ?? (operations[0] as ModularOperation);
  const pairs = modularTable(first, p);
  const results = operations.map((operation) =>
    operation === first ? pairs.labels : resultsOf(operation, pairs.a, pairs.b, p),
  );
  const split = options.split
    ? checkSplit(options.split, pairs.size)
    : randomSplit(pairs.size, fraction, seed);

  const encode = (rows: Int32Array): EncodedSamples => {
    const a = rows.map((row) => pairs.a[row] as number);
    const b = rows.map((row) => pairs.b[row] as number);
    const samples = joinSamples(
      results.map((labels, index) => ({
        size: rows.length,
        a,
        b,
        operationIndex: new Int32Array(rows.length).fill(index),
        labels: rows.map((row) => labels[row] as number),
      })),
    );
    return lazilyEncoded(samples, p, operations.length > 1);
  };
  return {
    p,
    operations,
    columns: 2 * p + (operations.length > 1 ? 1 : 0),
    fraction: split.train.length / pairs.size,
    train: encode(split.train),
    test: encode(split.test),
  };
}

function lazilyEncoded(samples: ModularSamples, p: number, taskBit: boolean): EncodedSamples {
  let inputs: Float64Array | undefined;
  let targets: Float64Array | undefined;
  return {
    ...samples,
    get inputs() {
      inputs ??= encodeInputs(samples, p, taskBit);
      return inputs;
    },
    get targets() {
      targets ??= encodeTargets(samples, p);
      return targets;
    },
  };
}

/** Sizes that a run's memory depends on. */
export interface GrokkingSizes {
  readonly trainSize: number;
  readonly testSize: number;
  /** Length of an input row. */
  readonly columns: number;
  readonly p: number;
}

/**
 * The sizes that {@link modularTask} would give a task, without making it: at once for any p, also for one
 * whose table no memory holds.
 *
 * @throws {OptionError} as `modularTask`
 */
export function modularTaskSizes(options: ModularTaskOptions): GrokkingSizes {
  checkGiven('modularTask()', options, names);
  const { p = 61, fraction = 0.5, split } = options;
  const operations = listOperations(options.operation);
  for (const operation of operations) checkModulus(operation, p);
  const divides = operations.some((operation) => operation.divides);
  const pairs = tableSize(p, divides);
  const train = split ? split.train.length : trainingSize(pairs, fraction);
  const test = split ? split.test.length : pairs - train;
  return {
    trainSize: operations.length * train,
    testSize: operations.length * test,
    columns: 2 * p + (operations.length > 1 ? 1 : 0),
    p,
  };
}

/** @throws {OptionError} for anything but a task */
export function checkTask(task: ModularTask): void {
  if (typeof task === 'object' && task !== null && 'train' in task && Array.isArray(task.operations)) return;
  throw new OptionError('task', { requirement: 'be a task, e.g. modularTask({ … })', received: task });
}
