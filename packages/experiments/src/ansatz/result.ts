import { measureSchema } from '@agop/estimators';
import * as z from 'zod/mini';
import { correlations } from '../correlations.ts';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { labeledPicture } from '../result-picture.ts';

const layer = z.object({
  units: z.int(),
  inputs: z.int(),
  /** WᵀW with the AGOP, after training and before. */
  trained: correlations,
  initial: correlations,
  rotated: correlations,
  random: correlations,
  centered: z.nullable(correlations),
  /** DᵀD with the AGOP of the trained network, and with DᵀKD. */
  change: correlations,
  own: correlations,
  /** ‖D‖ / ‖W‖. */
  moved: z.number(),
  /** What the published program computes. */
  published: z.object({
    initialCosine: measureSchema,
    centeredCosine: z.nullable(z.number()),
    cosine: measureSchema,
    centeredRootPearson: z.nullable(z.number()),
    rootPearson: measureSchema,
  }),
});
/** A hidden layer of one run. */
export type MeasuredHidden = z.infer<typeof layer>;

const run = z.object({
  seed: z.int(),
  /** Epoch that was measured. */
  epoch: z.int(),
  trainAccuracy: z.number(),
  validationAccuracy: z.nullable(z.number()),
  testAccuracy: z.number(),
  loss: z.number(),
  seconds: z.number(),
  layers: z.array(layer),
});
/** A network that was trained and measured. */
export type AnsatzRun = z.infer<typeof run>;

/** What a seed comes to: its run, the shape of its rows, and pictures of the first seed. */
export const ansatzPart = z.object({
  run,
  shape: z.tuple([z.int(), z.int(), z.int()]),
  pictures: z.array(labeledPicture),
});
export type AnsatzPart = z.infer<typeof ansatzPart>;

const summary = z.object({
  data: z.string(),
  samples: z.int(),
  validationSamples: z.int(),
  testSamples: z.int(),
  sizes: z.array(z.int()),
  epochs: z.int(),
  learningRate: z.number(),
  agopSamples: z.int(),
  runs: z.array(run),
  ...computedOn,
});
/** What `nfa --task ansatz --json` prints. */
export type AnsatzSummary = z.infer<typeof summary>;

/** A whole run. */
export const ansatzResult = z.object({
  ...resultHead('ansatz', summary),
  /** Diagonals of the first layer's matrices of the first seed, as images. */
  pictures: z.array(labeledPicture),
});
export type AnsatzResult = z.infer<typeof ansatzResult>;
