import * as z from 'zod/mini';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { labeledPicture } from '../result-picture.ts';

/** Accuracies of a learner on three forms of the same test images. */
const byMarker = z.object({ marked: z.number(), without: z.number(), swapped: z.number() });
export type ByMarker = z.infer<typeof byMarker>;

const delayed = z.object({
  seed: z.int(),
  contrast: z.number(),
  few: z.int(),
  many: z.int(),
  testImages: z.int(),
  /** Of the machine, by iteration from 0. */
  iterations: z.array(z.object({ train: z.number(), test: z.number(), markerShare: z.number() })),
  /** Of the network. */
  epochs: z.array(z.object({ epoch: z.int(), train: z.number(), test: z.number() })),
});
export type DelayedRun = z.infer<typeof delayed>;

const spurious = z.object({
  seed: z.int(),
  images: z.int(),
  /** The part of all pixels that the marker is. */
  size: z.number(),
  rfm: byMarker,
  network: byMarker,
  /** Shares of diagonals on the marker: of M, and of the network's first layer. */
  shares: z.object({ metric: z.number(), change: z.number(), agop: z.number(), nfm: z.number() }),
  /** Pearson correlation of M with the matrices of the first layer, and of M^½ with DᵀD. */
  similarity: z.object({
    change: z.number(),
    rootChange: z.number(),
    agop: z.number(),
    nfm: z.number(),
  }),
});
export type SpuriousRun = z.infer<typeof spurious>;

/** Photo and digit of the same class; and whom a learner follows where they are of different ones. */
const followed = z.object({ accuracy: z.number(), photo: z.number(), digit: z.number() });

const simplicity = z.object({
  seed: z.int(),
  perClass: z.int(),
  testImages: z.int(),
  plain: followed,
  rfm: followed,
  network: followed,
  /** Share of the diagonal on the half of the digits: of M, and of DᵀD of the network. */
  shares: z.object({ metric: z.number(), change: z.number() }),
});
export type SimplicityRun = z.infer<typeof simplicity>;

const lottery = z.object({
  seed: z.int(),
  images: z.int(),
  /** Accuracy with all pixels. */
  all: z.number(),
  /** Pixels that are not the same in all images. */
  varying: z.int(),
  tickets: z.array(
    z.object({
      threshold: z.number(),
      pixels: z.int(),
      chosen: z.number(),
      /** With as many varying pixels at random, and with those of largest variance. */
      random: z.number(),
      variance: z.number(),
    }),
  ),
});
export type LotteryRun = z.infer<typeof lottery>;

const summary = z.object({
  delayed: z.array(delayed),
  spurious: z.array(spurious),
  simplicity: z.array(simplicity),
  lottery: z.array(lottery),
  seeds: z.array(z.int()),
  epochs: z.int(),
  width: z.int(),
  ...computedOn,
});
/** What `nfa --task phenomena --json` prints. */
export type PhenomenaSummary = z.infer<typeof summary>;

export type PhenomenonPicture = z.infer<typeof labeledPicture>;

/** What a study of one seed comes to; pictures of the first seed alone. */
export const phenomenonParts = {
  delayed,
  spurious: z.object({ run: spurious, pictures: z.array(labeledPicture) }),
  simplicity: z.object({ run: simplicity, pictures: z.array(labeledPicture) }),
  lottery: z.object({ run: lottery, pictures: z.array(labeledPicture) }),
} as const;

/** A whole run. */
export const phenomenaResult = z.object({
  ...resultHead('phenomena', summary),
  /** Of the first seed: images, and diagonals over their pixels. */
  pictures: z.object({
    spurious: z.array(labeledPicture),
    simplicity: z.array(labeledPicture),
    lottery: z.array(labeledPicture),
  }),
});
export type PhenomenaResult = z.infer<typeof phenomenaResult>;
