import * as z from 'zod/mini';
import { correlations } from '../correlations.ts';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { labeledPicture } from '../result-picture.ts';

/** A layer, by name and size. */
const namedLayer = {
  name: z.string(),
  className: z.string(),
  units: z.int(),
  inputs: z.int(),
  positions: z.number(),
} as const;

const ofNetwork = {
  name: z.string(),
  /** Height and width of the images that it sees. */
  size: z.tuple([z.int(), z.int()]),
  outputs: z.int(),
  parameters: z.int(),
  /** Random directions in place of all outputs, or null. */
  directions: z.nullable(z.int()),
  skipped: z.array(z.object({ name: z.string(), className: z.string(), reason: z.string() })),
} as const;

const network = z.object({
  ...ofNetwork,
  /** Convolutions and dense layers, with a list of one entry for each seed. */
  layers: z.array(
    z.object({
      ...namedLayer,
      trained: z.array(correlations),
      rotated: z.array(correlations),
      random: z.array(correlations),
    }),
  ),
  /** Duration of each seed. */
  seconds: z.array(z.number()),
});

/** A network, measured. */
export type MeasuredNetwork = z.infer<typeof network>;
/** What of a first layer is shown. */
export type FilterPicture = z.infer<typeof labeledPicture>;

/** What of a first layer is shown: eigenvectors of both matrices, images, and what the AGOP sees in them. */
const shown = {
  layer: z.string(),
  nfm: z.array(labeledPicture),
  agop: z.array(labeledPicture),
  images: z.array(labeledPicture),
  responses: z.array(labeledPicture),
} as const;

/** What a network and a seed come to; pictures of the first seed, where its first layer sees colors. */
export const filtersAnsatzPart = z.object({
  ...ofNetwork,
  layers: z.array(
    z.object({
      ...namedLayer,
      trained: correlations,
      rotated: z.nullable(correlations),
      random: z.nullable(correlations),
    }),
  ),
  seconds: z.number(),
  pictures: z.nullable(z.object(shown)),
});
export type FiltersAnsatzPart = z.infer<typeof filtersAnsatzPart>;

const summary = z.object({
  images: z.string(),
  count: z.int(),
  seeds: z.array(z.int()),
  networks: z.array(network),
  ...computedOn,
});
/** What `nfa --task filters-ansatz --json` prints. */
export type FiltersAnsatzSummary = z.infer<typeof summary>;

/** A whole run. */
export const filtersAnsatzResult = z.object({
  ...resultHead('filters-ansatz', summary),
  /** Of each network's first layer. */
  pictures: z.array(z.object({ network: z.string(), ...shown })),
});
export type FiltersAnsatzResult = z.infer<typeof filtersAnsatzResult>;
