import { FormatError } from '@agop/core';
import { decodeSafetensors, type Rows, type Samples } from '@agop/estimators';
import type { TabularJob } from '@agop/tabular';
import type { RowsReference } from '../rows/reference.ts';
import type { RowsReader } from '../rows/rows-reader.ts';
import { type QueueJob, queueJob } from './wire.ts';

/**
 * Checks what lies in the queue.
 *
 * @throws {FormatError} for anything but a job of a known trainer with settings that it has
 */
export function checkJob(given: unknown): QueueJob {
  const { success, data, error } = queueJob.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  throw new FormatError(
    `A job in the queue is none that this worker knows: ${issue?.path.join('.') || 'trainer'}: ${issue?.message}.`,
  );
}

/**
 * A job with its rows, as the job of a table.
 *
 * @throws {StorageError} for rows that cannot be read, or must not be
 * @throws {FormatError} where something else is in the place of rows, or parts do not go together
 */
export async function decodeJob(job: QueueJob, reader: RowsReader): Promise<TabularJob> {
  if (job.trainer === 'table-leaf') return { kind: 'leaf', leaf: await decodeLeaf(job, reader) };
  const { settings, rows } = job;
  const { candidate, outputs, scales, learningRidges, seed, deadline, codes, comparison } = settings;
  const numbers = (reference: RowsReference | undefined) =>
    reference && reader.readNumbers(reference).then((data) => Float64Array.from(data));
  const x = await reader.read(rows.x);
  const held = rows.held && (await reader.read(rows.held));
  const targets = Float64Array.from(await reader.readNumbers(rows.targets));
  const actual = await reader.readNumbers(rows.actual);
  const weights = await numbers(rows.weights);
  const heldWeights = await numbers(rows.heldWeights);
  const { score, task, columns } = comparison;
  const heldRows = (held ?? x).rows;
  check(targets.length === x.rows * outputs, 'targets');
  check(actual.length === heldRows * (task === 'classification' ? 1 : columns), 'actual');
  check(weights === undefined || weights.length === x.rows, 'weights');
  check(heldWeights === undefined || heldWeights.length === heldRows, 'heldWeights');
  return {
    kind: 'trial',
    trial: {
      candidate,
      x,
      targets,
      outputs,
      weights,
      held,
      codes,
      comparison: {
        score,
        task,
        columns,
        actual: task === 'classification' ? Int32Array.from(actual) : Float64Array.from(actual),
        weights: heldWeights,
      },
      scales,
      learningRidges: learningRidges ?? undefined,
      seed,
      deadline: deadline ?? undefined,
    },
  };
}

async function decodeLeaf(
  { settings, rows }: Extract<QueueJob, { trainer: 'table-leaf' }>,
  reader: RowsReader,
) {
  const { task, taskTensors, leaf } = settings;
  const samples = async (given: typeof rows.training): Promise<Samples<Rows>> => {
    const x = await reader.read(given.x);
    const y = await reader.read(given.y);
    const weights = given.weights && (await reader.readNumbers(given.weights));
    check(y.rows === x.rows, 'y');
    check(weights === undefined || weights.length === x.rows, 'weights');
    return { x, y, ...(weights && { weights }) };
  };
  return {
    task,
    taskTensors: decodeSafetensors(Buffer.from(taskTensors, 'base64')).tensors,
    training: await samples(rows.training),
    held: rows.held && (await samples(rows.held)),
    all: rows.all && (await samples(rows.all)),
    settings: { ...leaf, earlyStopping: leaf.earlyStopping, dtype: leaf.dtype },
  };
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new FormatError(`The rows of a job do not go together: ${what}.`);
}
