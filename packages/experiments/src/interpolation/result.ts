import * as z from 'zod/mini';
import { resultHead } from '../result-head.ts';
import { circleKernels } from './alias-sums.ts';

const risk = { bias: z.number(), variance: z.number(), risk: z.number() };
const kernel = z.enum(circleKernels);

/** Null where the kernel matrix is numerically singular in float64, and where nothing was simulated. */
const simulated = z.nullable(z.object({ risk: z.number(), standardError: z.number() }));

const summary = z.object({
  noise: z.number(),
  repeats: z.int(),
  seed: z.int(),
  seconds: z.number(),
  device: z.string(),
  /** Risk of interpolation with a width that stays, exactly and simulated. */
  fixed: z.array(
    z.object({
      kernel,
      width: z.number(),
      n: z.int(),
      ...risk,
      simulated,
    }),
  ),
  /** Risk with the width that is best for that number of samples, and its limit. */
  best: z.array(z.object({ kernel, n: z.nullable(z.int()), width: z.number(), ...risk, simulated })),
  /** Risk of kernel ridge regression with the best ridge, at the largest of the fixed widths. */
  ridge: z.array(z.object({ kernel, width: z.number(), n: z.int(), ridge: z.number(), ...risk })),
  /** Limits on the torus, Gaussian kernel, with the best width. */
  torus: z.array(z.object({ dimension: z.int(), width: z.number(), ...risk })),
});
/** What `theory --json` prints. Null for `n`: the limit, where the width is in samples. */
export type InterpolationSummary = z.infer<typeof summary>;

/** A whole study. */
export const interpolationResult = z.object({
  ...resultHead('interpolation', summary),
});
export type InterpolationResult = z.infer<typeof interpolationResult>;
