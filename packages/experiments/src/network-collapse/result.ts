import * as z from 'zod/mini';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { gramPicture } from '../result-picture.ts';

/**
 * A measure of the rows of a layer: as they come in, after parts of the layer, after the root of its AGOP.
 */
const mapNumbers = z.object({ none: z.number(), right: z.number(), left: z.number(), gradient: z.number() });
export type MapNumbers = z.infer<typeof mapNumbers>;

/** The maps as they are called in charts. */
export const maps = [
  { key: 'none', label: 'h' },
  { key: 'right', label: 'S Vᵀ h' },
  { key: 'left', label: 'ReLU(W h)' },
  { key: 'gradient', label: 'AGOP^½ h' },
] as const satisfies readonly { key: keyof MapNumbers; label: string }[];

const layer = z.object({
  /** From 1. */
  layer: z.int(),
  /** tr Σ_W / tr Σ_B. */
  nc1: mapNumbers,
  /** Mean squared distance of the means' cosines from those of a simplex. */
  nc2: mapNumbers,
  /** The part of ‖W‖² outside of the span of the centered class means of h: 0 in full collapse. */
  nc3: z.number(),
  /** The part of the fall of ln NC1 from h to ReLU(W h) that S Vᵀ makes; null where NC1 hardly falls. */
  share: z.nullable(z.number()),
  /** tr Σ_B and tr Σ_W over tr Σ_T of ReLU(W h). */
  between: z.number(),
  within: z.number(),
  /** Pearson correlation of WᵀW with the AGOP and its root. */
  nfa: z.object({ plain: z.number(), root: z.number() }),
  /** The same of W − W_0, with the AGOP; null before training. */
  centeredNfa: z.nullable(z.number()),
});
export type CollapsedLayer = z.infer<typeof layer>;

const measures = z.object({
  layers: z.array(layer),
  /** NC3 of the output layer: ‖W / ‖W‖ − A / ‖A‖‖², A being the centered class means of its input. */
  outputNc3: z.number(),
  accuracy: z.number(),
});
export type NetworkMeasures = z.infer<typeof measures>;

const epoch = z.object({ epoch: z.int(), loss: z.nullable(z.number()), ...measures.shape });
export type NetworkEpoch = z.infer<typeof epoch>;

const run = z.object({
  gain: z.number(),
  decay: z.number(),
  seed: z.int(),
  /** Before training, after every few epochs, and after the last. */
  epochs: z.array(epoch),
  /** After the last epoch, on rows that were not trained on; null where there are none. */
  heldOut: z.nullable(measures),
  seconds: z.number(),
});
export type NetworkRun = z.infer<typeof run>;

/** What a training comes to: its numbers, and the Gram matrices of the first seed, where they are wanted. */
export const networkPart = (grams: boolean) =>
  z.object({ run, grams: grams ? z.array(gramPicture) : z.null() });

const summary = z.object({
  data: z.string(),
  trainingRows: z.int(),
  heldOutRows: z.int(),
  features: z.int(),
  classes: z.array(z.union([z.string(), z.number()])),
  layers: z.int(),
  width: z.int(),
  learningRate: z.number(),
  momentum: z.number(),
  batchSize: z.int(),
  seeds: z.array(z.int()),
  runs: z.array(run),
  ...computedOn,
});
/** What `nfa --task network-collapse --json` prints. */
export type NetworkCollapseSummary = z.infer<typeof summary>;

/** A whole run. */
export const networkCollapseResult = z.object({
  ...resultHead('network-collapse', summary),
  /** Of the first seed, for each training: cosines between some rows, as in the result of `collapse`. */
  grams: z.array(
    z.object({
      gain: z.number(),
      decay: z.number(),
      pictures: z.array(gramPicture),
    }),
  ),
});
export type NetworkCollapseResult = z.infer<typeof networkCollapseResult>;
