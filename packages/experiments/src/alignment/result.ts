import { measureSchema } from '@agop/estimators';
import * as z from 'zod/mini';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';

/** A hidden layer at an epoch; Pearson correlations. */
const layer = z.object({
  /** From 1. */
  layer: z.int(),
  /** UC-NFA: WᵀW with the AGOP, and with its root. */
  uc: measureSchema,
  ucRoot: measureSchema,
  /** C-NFA: the same of W − W_0; null before training. */
  c: z.nullable(z.number()),
  /** ‖W − W_0‖ / ‖W‖. */
  relativeChange: measureSchema,
  /** The 16 parts of ⟨WᵀW, AGOP⟩, see `LayerAlignment` of @agop/nfa, over their sum. */
  parts: z.array(measureSchema),
});
export type AlignedLayer = z.infer<typeof layer>;

const epoch = z.object({
  epoch: z.int(),
  loss: z.nullable(z.number()),
  layers: z.array(layer),
});
export type AlignedEpoch = z.infer<typeof epoch>;

/** How well a network does: accuracy where there are classes, else the squared error over the variance. */
const score = z.object({ train: z.number(), test: z.number() });

const trace = z.object({
  seed: z.int(),
  /** C-NFA of each hidden layer as it is predicted before training. */
  predicted: z.array(z.number()),
  epochs: z.array(epoch),
  score,
});
/** A training, measured on the way. */
export const alignmentRun = trace;
export type AlignmentRun = z.infer<typeof trace>;

const speedRun = z.object({
  seed: z.int(),
  layers: z.array(layer),
  score,
  /** Shares of the traces of the first layer's WᵀW and AGOP on the inputs that matter. */
  nfmShare: z.number(),
  agopShare: z.number(),
});

/** A training of one seed by one optimizer. */
export const alignmentSpeedRun = speedRun;

const speed = z.object({
  optimizer: z.enum(['sgd', 'speedLimited']),
  learningRate: z.number(),
  /** The layer that is sped up, from 1; null for gradient descent. */
  layer: z.nullable(z.int()),
  boost: z.nullable(z.number()),
  epsilon: z.nullable(z.number()),
  runs: z.array(speedRun),
});
export type SpeedRow = z.infer<typeof speed>;

const early = z.object({
  /** The variance of input k is k^(−spectrum). */
  spectrum: z.number(),
  target: z.enum(['product', 'noise']),
  /** Cosine form of the C-NFA, by seed. */
  infinite: z.array(z.number()),
  widths: z.array(
    z.object({
      width: z.int(),
      predicted: z.array(z.number()),
      /** After one small step of gradient descent. */
      measured: z.array(z.number()),
    }),
  ),
});
export type EarlyRow = z.infer<typeof early>;

/** A row of one seed. */
export const earlyPart = z.object({
  infinite: z.number(),
  widths: z.array(z.object({ width: z.int(), predicted: z.number(), measured: z.number() })),
});
export type EarlyPart = z.infer<typeof earlyPart>;

const summary = z.object({
  study: z.enum(['trace', 'speed', 'early']),
  data: z.string(),
  samples: z.int(),
  testSamples: z.int(),
  layers: z.int(),
  width: z.int(),
  epochs: z.int(),
  learningRate: z.number(),
  batchSize: z.int(),
  /** Whether scores are accuracies. */
  classes: z.boolean(),
  seeds: z.array(z.int()),
  /** Of the study `trace`, by seed; else empty. */
  traces: z.array(trace),
  /** Of the study `speed`, by optimizer; else empty. */
  speeds: z.array(speed),
  /** Of the study `early`, by spectrum and target; else empty. */
  early: z.array(early),
  ...computedOn,
});
/** What `nfa --task alignment --json` prints. */
export type AlignmentSummary = z.infer<typeof summary>;

/** A whole run. */
export const alignmentResult = z.object({
  ...resultHead('alignment', summary),
});
export type AlignmentResult = z.infer<typeof alignmentResult>;
