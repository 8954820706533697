import { kernelSchema, taskSchema } from '@agop/estimators';
import * as z from 'zod/mini';
import { rowsReference } from '../rows/reference.ts';

const whole = z.int().check(z.nonnegative());
const seed = whole;
const ridges = z.array(z.number().check(z.nonnegative())).check(z.maxLength(1000));
const kernel = z.strictObject(kernelSchema.shape);

/** The names of scores: own functions never travel. */
const score = z.enum([
  'mse',
  'rmse',
  'mae',
  'mape',
  'r2',
  'accuracy',
  'balancedAccuracy',
  'auc',
  'logLoss',
  'brier',
  'f1',
]);

const target = z.enum(['none', 'log', 'signed root']);

/** How an output of a regression becomes what is fitted. */
const scale = z.strictObject({
  kind: target,
  floor: z.number(),
  unit: z.number(),
  mean: z.number(),
  deviation: z.number(),
});

const candidate = z.strictObject({
  numbers: z.enum(['standard', 'normal ranks', 'uniform ranks', 'largest', 'none']),
  categories: z.enum(['one-hot', 'ordinal']),
  target,
  kernel,
  bandwidthMode: z.enum(['constant', 'adaptive']),
  diagonal: z.boolean(),
  iterations: whole.check(z.lte(1000)),
  ridges: ridges.check(z.minLength(1)),
});

/** A candidate to be judged on one division of the rows. */
const trial = z.strictObject({
  trainer: z.literal('table-trial'),
  settings: z.strictObject({
    candidate,
    outputs: whole,
    learningRidges: z.nullable(ridges),
    codes: z.array(whole),
    scales: z.array(scale),
    comparison: z.strictObject({
      score,
      task: z.enum(['classification', 'regression']),
      columns: whole,
    }),
    seed,
    /** Milliseconds since 1970, after which no further metric is begun; null: never. */
    deadline: z.nullable(z.number()),
  }),
  rows: z.strictObject({
    x: rowsReference,
    targets: rowsReference,
    weights: z.optional(rowsReference),
    held: z.optional(rowsReference),
    actual: rowsReference,
    heldWeights: z.optional(rowsReference),
  }),
});

const range = z.strictObject({ start: whole, length: whole });

const leafSettings = z.strictObject({
  kernel,
  bandwidthMode: z.enum(['constant', 'adaptive']),
  diagonal: z.boolean(),
  iterations: whole.check(z.lte(1000)),
  ridge: z.number().check(z.nonnegative()),
  learningRidges: ridges,
  solver: z.enum(['ridge', 'logistic']),
  earlyStopping: z.optional(z.number().check(z.gt(1))),
  selection: score,
  agopSamples: whole,
  centering: z.enum(['none', 'output', 'pooled']),
  normalization: z.enum(['max', 'frobenius', 'none']),
  power: z.number().check(z.gt(0)),
  shift: z.number().check(z.nonnegative()),
  codes: z.array(whole),
  blocks: z.array(range),
  form: z.enum(['mahalanobis', 'transform']),
  dtype: z.optional(z.enum(['float32', 'float64'])),
  seed,
});

const samples = z.strictObject({ x: rowsReference, y: rowsReference, weights: z.optional(rowsReference) });

/** A leaf to be fitted. */
const leaf = z.strictObject({
  trainer: z.literal('table-leaf'),
  settings: z.strictObject({
    /** As a model file says it. */
    task: taskSchema,
    /** Tensors of the task, a safetensors file in base64: one number or two for each output. */
    taskTensors: z.string().check(z.maxLength(2 ** 22)),
    leaf: leafSettings,
  }),
  rows: z.strictObject({ training: samples, held: z.optional(samples), all: z.optional(samples) }),
});

/**
 * A job as it lies in the queue: the name of what is trained, its settings, and where its rows are. Nothing
 * in it is believed: a worker takes it only where it has exactly this form.
 */
export const queueJob = z.discriminatedUnion('trainer', [trial, leaf]);

/** {@link queueJob} as a type. */
export type QueueJob = z.infer<typeof queueJob>;
