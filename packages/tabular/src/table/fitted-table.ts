import type { Backend } from '@agop/core';
import type { Table, TablePreprocessor } from '@agop/data';
import { classification, type Rows, regression, type TargetCoding, takeSamples } from '@agop/estimators';
import { leavesOn, type TabularExecutor } from '../jobs/tabular-job.ts';
import type { LeafEvents } from '../model/events.ts';
import { expectedFit } from '../model/expected-fit.ts';
import type { FittedTabular } from '../model/fitted.ts';
import { type TabularSettings, tabularSettings } from '../model/settings.ts';
import { tabularTrainer } from '../model/trainer.ts';
import type { TreeOptions } from '../tree/settings.ts';
import { optionsOf } from '../tuner/candidate.ts';
import { divisionsOf } from '../tuner/division.ts';
import { type OutputScale, toUnits } from '../tuner/output-scale.ts';
import type { Member } from '../tuner/tuner.ts';
import { type TableProblem, toRows } from './table-problem.ts';

/** A member of an average, fitted; owns its tensors. */
export interface FittedMember extends Member {
  readonly preprocessor: TablePreprocessor;
  /** One for each output of a regression; none of a classification. */
  readonly scales: readonly OutputScale[];
  readonly fitted: FittedTabular;
}

/** How members are fitted. */
export interface RefitOptions {
  readonly backend: Backend;
  readonly seed: number;
  readonly tree: TreeOptions;
  readonly executor: TabularExecutor | undefined;
  readonly leafEvents: LeafEvents;
  readonly onMember?: ((done: number, members: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fits the members of an average to all rows of a problem.
 *
 * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
 * @throws {OutOfMemoryError} where the memory of the backend does not suffice
 * @throws {AbortedError} through `signal`
 */
export async function fitMembers(
  problem: TableProblem,
  members: readonly Member[],
  { backend, seed, tree, executor, leafEvents, onMember, signal }: RefitOptions,
): Promise<FittedMember[]> {
  const rows = Int32Array.from({ length: problem.rows }, (_, row) => row);
  const { task } = problem.data;
  const coding = await plainCoding(problem.outputs, task.kind);
  const fitted: FittedMember[] = [];
  try {
    for (const [index, member] of members.entries()) {
      const { x, codes, targets, preprocessor, scales } = problem.prepare(member.candidate, rows, undefined);
      const y: Rows =
        task.kind === 'classification'
          ? { data: task.actual, rows: problem.rows, columns: 1 }
          : { data: targets, rows: problem.rows, columns: problem.outputs };
      const settings = tabularSettings({
        ...optionsOf(member.candidate, member.choice),
        backend,
        seed,
        codes,
        executor: executor && leavesOn(executor),
        tree,
      });
      const samples = { x, y, ...(problem.weights && { weights: problem.weights }) };
      // Trees tune how their leaves answer together on rows that leaves have not seen.
      const [division] = willSplit(x, problem.outputs, settings)
        ? divisionsOf(problem.rows, { kind: 'split', fraction: 0.15 }, seed, problem)
        : [];
      const job = {
        coding,
        training: division ? takeSamples(samples, division.training) : samples,
        held: division && takeSamples(samples, division.held),
        test: undefined,
      };
      fitted.push({
        ...member,
        preprocessor,
        scales,
        fitted: await tabularTrainer.fit(job, settings, { ...leafEvents, signal }),
      });
      onMember?.(index + 1, members.length);
    }
  } catch (error) {
    disposeMembers(fitted);
    throw error;
  }
  return fitted;
}

/** Whether the rows become more than one leaf. */
function willSplit({ rows, columns }: Rows, outputs: number, settings: TabularSettings): boolean {
  return expectedFit({ rows, features: columns, outputs }, settings).leaves > 1;
}

/**
 * Most rows of a leaf where nothing is said: those that one fit takes, n³ operations; where there are more,
 * leaves of fewer rows take less together.
 */
export function usualLeafRows(rows: number): number {
  return rows <= 12_000 ? 12_000 : 5000;
}

/** The coding of targets that are ready to be fitted. */
export async function plainCoding(
  outputs: number,
  kind: 'classification' | 'regression',
): Promise<TargetCoding> {
  if (kind === 'classification') {
    const classes = Array.from({ length: outputs }, (_, index) => index);
    return (await classification<number>().open(classes, outputs, 'rows')).coding;
  }
  const zeros = new Float64Array(outputs);
  return (await regression(false).open({ data: zeros, shape: [1, outputs] }, 1, 'rows')).coding;
}

/**
 * The average of the members for further rows: outputs of a classification, values of a regression.
 *
 * @returns [rows, outputs], row-major
 * @throws {ValueError} for columns that are missing, and cells that are no numbers where numbers are needed
 */
export async function predictMembers(
  members: readonly FittedMember[],
  table: Table,
): Promise<Float64Array<ArrayBuffer>> {
  let sum = new Float64Array(0);
  for (const { preprocessor, scales, fitted, share } of members) {
    const rows = toRows(preprocessor.transform(table));
    const outputs = await tabularTrainer.predict(fitted, rows);
    if (sum.length === 0) sum = new Float64Array(outputs.length);
    for (let at = 0; at < sum.length; at++) {
      const scale = scales[at % Math.max(scales.length, 1)];
      const value = outputs[at] as number;
      sum[at] = (sum[at] as number) + share * (scale ? toUnits(scale, value) : value);
    }
  }
  return sum;
}

/** Frees the members. */
export function disposeMembers(members: readonly FittedMember[]): void {
  for (const { fitted } of members) fitted.dispose();
}
