import { createHash } from 'node:crypto';
import { OptionError } from '@agop/core';
import { encodeSafetensors, type Rows, type Samples } from '@agop/estimators';
import type { CandidateJob, LeafJob, TabularJob } from '@agop/tabular';
import type { RowsPublisher } from '../rows/publish.ts';
import { type QueueJob, queueJob } from './wire.ts';

/**
 * A job of a table with references in place of its rows, which are published first where they are not yet.
 *
 * @throws {StorageError} where rows cannot be published
 * @throws {OptionError} for settings that no queue takes, such as a score of one's own
 */
export async function encodeJob(job: TabularJob, publisher: RowsPublisher): Promise<QueueJob> {
  const given =
    job.kind === 'trial' ? await encodeTrial(job.trial, publisher) : await encodeLeaf(job.leaf, publisher);
  // Undefined members are left out, as JSON will; what is new to the queue is an error here, not a loss.
  const { success, data, error } = queueJob.safeParse(JSON.parse(JSON.stringify(given)));
  if (success) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new OptionError(
    where,
    `Jobs with this setting cannot go to a queue: ${where}: ${issue?.message}. Fit without one.`,
  );
}

/**
 * A name for a job: the same for the same job, so that nothing is done twice. Until when it may take is no
 * part of it: what was cut off by that is marked, see `Outcome`.
 */
export function nameOfJob(job: QueueJob, version: string): string {
  const lasting =
    job.trainer === 'table-trial' ? { ...job, settings: { ...job.settings, deadline: null } } : job;
  // A letter first: BullMQ takes names that are numbers for its own.
  return `j${createHash('sha256')
    .update(`${version}\n${JSON.stringify(lasting)}`)
    .digest('hex')
    .slice(0, 32)}`;
}

async function encodeTrial(job: CandidateJob, publisher: RowsPublisher): Promise<object> {
  const { candidate, x, targets, outputs, weights, held, comparison, scales, learningRidges } = job;
  const { score, task, actual, columns, weights: heldWeights } = comparison;
  return {
    trainer: 'table-trial',
    settings: {
      candidate,
      outputs,
      scales,
      seed: job.seed,
      learningRidges: learningRidges ?? null,
      codes: job.codes,
      deadline: job.deadline ?? null,
      comparison: { score, task, columns },
    },
    rows: {
      x: await publisher.publish(x),
      targets: await publisher.publishNumbers(targets),
      weights: weights && (await publisher.publishNumbers(weights)),
      held: held && (await publisher.publish(held)),
      actual: await publisher.publishNumbers(actual),
      heldWeights: heldWeights && (await publisher.publishNumbers(heldWeights)),
    },
  };
}

async function encodeLeaf(job: LeafJob, publisher: RowsPublisher): Promise<object> {
  const { task, taskTensors, training, held, all, settings } = job;
  const samples = async ({ x, y, weights }: Samples<Rows>) => ({
    x: await publisher.publish(x),
    y: await publisher.publish(y),
    weights: weights && (await publisher.publishNumbers(weights)),
  });
  return {
    trainer: 'table-leaf',
    settings: {
      task,
      taskTensors: Buffer.from(encodeSafetensors(taskTensors)).toString('base64'),
      leaf: settings,
    },
    rows: {
      training: await samples(training),
      held: held && (await samples(held)),
      all: all && (await samples(all)),
    },
  };
}
