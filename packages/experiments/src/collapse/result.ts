import * as z from 'zod/mini';
import { computedOn, fitWarnings, named } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { gramPicture } from '../result-picture.ts';

/** A metric at the three stages of a layer: X, X M^(1/2) and Φ(X M^(1/2)). */
const stageNumbers = z.object({ input: z.number(), projected: z.number(), features: z.number() });
export type StageNumbers = z.infer<typeof stageNumbers>;

/** The stages as they are called in charts. */
export const stages = [
  { key: 'input', label: 'X' },
  { key: 'projected', label: 'X √M' },
  { key: 'features', label: 'Φ(X √M)' },
] as const satisfies readonly { key: keyof StageNumbers; label: string }[];

/** Decades by which NC1 falls by the projection and by the feature map. */
const drop = z.object({
  projection: z.number(),
  map: z.number(),
  total: z.number(),
  projectionShare: z.nullable(z.number()),
});

/** Collapse of some rows along a layer. */
const layerNumbers = {
  /** tr Σ_W / tr Σ_B */
  nc1: stageNumbers,
  /** tr(Σ_W Σ_B⁺) / C */
  nc1Scattering: stageNumbers,
  /** Mean squared distance of the means' cosines from those of a simplex. */
  nc2: stageNumbers,
  /** Relative deviation of the means' norms. */
  nc2Equinorm: stageNumbers,
  /** Deviation of the means' cosines. */
  nc2Equiangle: stageNumbers,
  /**
   * Share of the rows for which the kernel machine on the layer's features and their nearest class mean
   * agree.
   */
  nc4: z.number(),
  drop: z.nullable(drop),
};

/** One layer; the numbers at the top are those of the training rows. */
const layer = z.object({
  layer: z.int(),
  width: z.int(),
  ...layerNumbers,
  /** Of the kernel machine on this layer's features, on held-out rows. */
  accuracy: z.number(),
  trainAccuracy: z.number(),
  heldOut: z.object(layerNumbers),
});
/** What was measured at a layer. */
export type CollapseLayer = z.infer<typeof layer>;

const summary = z.object({
  data: z.string(),
  trainingRows: z.int(),
  heldOutRows: z.int(),
  features: z.int(),
  classes: z.array(z.union([z.string(), z.number()])),
  depth: z.int(),
  kernel: named,
  map: named,
  ridge: z.number(),
  iterations: z.int(),
  coding: z.string(),
  seed: z.int(),
  ...computedOn,
  /** Of the kernel machine on the data as it is. */
  input: z.object({ accuracy: z.number(), trainAccuracy: z.number() }),
  layers: z.array(layer),
  /** Where the fit went on otherwise than asked. */
  warnings: z._default(fitWarnings, []),
  /** Over all layers, on training rows: decades of NC1 by the projections and by the feature maps. */
  drop,
});
/**
 * What `collapse --json` prints. The same settings on the same backend give the same numbers, the times
 * apart.
 */
export type CollapseSummary = z.infer<typeof summary>;

/** Some training rows at one depth, projected on the plane in which the class means differ most. */
const plane = z.object({
  /** 0 is the input. */
  layer: z.int(),
  /** Class of each point, counted from 0. */
  classes: z.array(z.int()),
  /** x and y of each point; the root mean square of the class means is 1. */
  points: z.array(z.number()),
});
/** Training rows at one depth, as points. */
export type CollapsePlane = z.infer<typeof plane>;

/** A whole run: what it measured, and what its report draws. */
export const collapseResult = z.object({
  ...resultHead('collapse', summary),
  /**
   * Cosines between some training rows after centering, ordered by class, row-major [rows, rows]: at the
   * input (0) and after layers spread over the depth. Empty where they were not asked for.
   */
  grams: z.array(gramPicture),
  /** At every depth. Left out where they were not asked for. */
  planes: z.exactOptional(z.array(plane)),
});
export type CollapseRunResult = z.infer<typeof collapseResult>;
