import * as z from 'zod/mini';
import { correlations } from '../correlations.ts';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';

const weighted = z.object({ name: z.string(), value: z.number() });

const layer = z.object({
  name: z.string(),
  units: z.int(),
  inputs: z.int(),
  /** WᵀW with the AGOP and its root; with rotated rows, and random weights. */
  correlations,
  rotated: z.nullable(correlations),
  random: z.nullable(correlations),
  /** D = W - W0 with the AGOP, with DᵀKD, and how large it is; null where W0 is not known. */
  change: z.nullable(z.object({ correlations, own: correlations, relative: z.number() })),
  /** (Σ λ)² / Σ λ² of the AGOP's eigenvalues. */
  effectiveDimension: z.number(),
  /** Directions that have the wanted share of the trace. */
  directionCount: z.int(),
  /** Shares of the trace, the largest first. */
  spectrum: z.array(z.number()),
  /** Whether shares of inputs are multiplied by the variances of these. */
  byVariance: z.boolean(),
  /** The inputs with the largest shares. */
  topInputs: z.array(weighted),
  /** Leading directions: share of the trace, and the inputs with the largest entries. */
  directions: z.array(z.object({ share: z.number(), entries: z.array(weighted) })),
});
/** What is said of a layer. */
export type DescribedLayer = z.infer<typeof layer>;

const summary = z.object({
  /** Name of the file or model. */
  source: z.string(),
  /** Samples whose gradients were taken, and what of them; null where files say nothing. */
  samples: z.nullable(z.int()),
  outputs: z.nullable(z.int()),
  /** Share of the trace that `directionCount` is about. */
  spectrumShare: z.number(),
  layers: z.array(layer),
  skipped: z.array(z.object({ name: z.string(), className: z.string(), reason: z.string() })),
  ...computedOn,
});
/** What `--json` prints. */
export type LayersSummary = z.infer<typeof summary>;

/** A whole description. */
export const layersResult = z.object({
  ...resultHead('layers', summary),
});
export type LayersResult = z.infer<typeof layersResult>;
