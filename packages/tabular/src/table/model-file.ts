import type { Backend, FloatDType } from '@agop/core';
import { numberScales, TablePreprocessor } from '@agop/data';
import { fromFile, type HostTensor, type ModelFormat, type ModelParts, nest, nested } from '@agop/estimators';
import * as z from 'zod/mini';
import { tabularTrainer } from '../model/trainer.ts';
import type { Candidate, FitChoice } from '../tuner/candidate.ts';
import type { TrialRecord } from '../tuner/trial.ts';
import type { FittedMember } from './fitted-table.ts';

const positive = z.number().check(z.positive());

const scale = z.object({
  kind: z.enum(['none', 'log', 'signed root']),
  floor: z.number(),
  unit: positive,
  mean: z.number(),
  deviation: positive,
  least: z.exactOptional(z.number()),
  most: z.exactOptional(z.number()),
});

const candidate = z.object({
  numbers: z.enum(numberScales),
  categories: z.enum(['one-hot', 'ordinal']),
  target: z.enum(['none', 'log', 'signed root']),
  kernel: z.object({ name: z.string(), parameters: z.record(z.string(), z.number()) }),
  bandwidthMode: z.enum(['constant', 'adaptive']),
  diagonal: z.boolean(),
  iterations: z.int().check(z.nonnegative()),
  ridges: z.array(z.number()),
});

const choice = z.object({
  iteration: z.int().check(z.nonnegative()),
  ridge: z.number().check(z.nonnegative()),
  learningRidges: z.array(z.number()),
});

const record = z.object({
  trial: z.int(),
  rung: z.int(),
  candidate,
  score: z.nullish(z.number()),
  choice: z.nullish(choice),
  rows: z.int(),
  seconds: z.number(),
  failure: z.nullish(z.string()),
});

const schema = z.object({
  members: z
    .array(
      z.object({
        candidate,
        choice,
        share: positive,
        preprocessor: z.unknown(),
        scales: z.array(scale),
        model: z.unknown(),
      }),
    )
    .check(z.minLength(1)),
  /** Name of the score that chose, and its value for rows that the fits had not seen. */
  metric: z.string(),
  score: z.nullable(z.number()),
  history: z.array(record),
  /** How outputs become probabilities; for classes. */
  probability: z.optional(z.object({ temperature: positive, floor: z.number() })),
  /** Names of the columns that were predicted. */
  targets: z.array(z.string()),
});

/** What the file of a model of a table says, apart from its task and its tensors. */
export type TableDescription = z.infer<typeof schema>;

/** Files of models of tables. */
export const tableFormat: ModelFormat<TableDescription> = {
  name: 'agop-table',
  version: 1,
  title: 'model of a table',
  packageName: '@agop/tabular',
  estimators: { classification: 'TabularClassifier', regression: 'TabularRegressor' },
  parse: (description) => schema.parse(description),
};

/** A trial as it is saved; JSON has no undefined. */
export function recordToFile(trial: TrialRecord): TableDescription['history'][number] {
  const { score, choice: fit, failure, candidate: own, ...others } = trial;
  return {
    ...others,
    candidate: candidateToFile(own),
    score: score ?? null,
    choice: fit ? choiceToFile(fit) : null,
    failure: failure ?? null,
  };
}

/** A trial as it was. */
export function recordFromFile(saved: TableDescription['history'][number]): TrialRecord {
  const { score, choice: fit, failure } = saved;
  return { ...saved, score: score ?? undefined, choice: fit ?? undefined, failure: failure ?? undefined };
}

function candidateToFile({ kernel, ridges, ...others }: Candidate): z.infer<typeof candidate> {
  const { name, parameters } = kernel;
  return { ...others, kernel: { name, parameters: { ...parameters } }, ridges: [...ridges] };
}

function choiceToFile({ learningRidges, ...others }: FitChoice): z.infer<typeof choice> {
  return { ...others, learningRidges: [...learningRidges] };
}

/** Members as they are saved. */
export async function encodeMembers(
  members: readonly FittedMember[],
): Promise<{ readonly saved: TableDescription['members']; readonly tensors: Record<string, HostTensor> }> {
  const saved: TableDescription['members'] = [];
  const tensors: Record<string, HostTensor> = {};
  for (const [index, member] of members.entries()) {
    const { candidate: own, choice: fit, share, preprocessor, scales, fitted } = member;
    const parts = await tabularTrainer.encode(fitted);
    Object.assign(tensors, nest(`member.${index}`, parts.tensors));
    saved.push({
      candidate: candidateToFile(own),
      choice: choiceToFile(fit),
      share,
      preprocessor: preprocessor.toJSON(),
      scales: [...scales],
      model: parts.description,
    });
  }
  return { saved, tensors };
}

/**
 * Brings saved members to a backend.
 *
 * @throws {FormatError} for members that are damaged
 */
export async function decodeMembers(
  saved: TableDescription['members'],
  tensors: Readonly<Record<string, HostTensor>>,
  outputs: number,
  options: { readonly backend: Backend; readonly dtype?: FloatDType },
): Promise<FittedMember[]> {
  const members: FittedMember[] = [];
  try {
    for (const [index, { model, preprocessor, ...own }] of saved.entries()) {
      const parts: ModelParts<ReturnType<typeof tabularTrainer.format.parse>> = {
        description: tabularTrainer.format.parse(model),
        tensors: nested(`member.${index}`, tensors),
      };
      members.push({
        ...own,
        preprocessor: fromFile('preprocessing', () => TablePreprocessor.fromJSON(preprocessor)),
        fitted: await tabularTrainer.decode(parts, outputs, options),
      });
    }
  } catch (error) {
    for (const { fitted } of members) fitted.dispose();
    throw error;
  }
  return members;
}
