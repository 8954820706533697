import * as z from 'zod/mini';

/** A measure, which may be NaN or infinite; JSON has null for both, which comes back as NaN. */
export const measureSchema = z.pipe(
  z.nullable(z.number()),
  z.transform((value) => value ?? Number.NaN),
);

/** A kernel in the description of a model. */
export const kernelSchema = z.object({
  name: z.string(),
  parameters: z.record(z.string(), z.number()),
});

/** A kernel or map some of whose parameters are words. */
export const namedSchema = z.object({
  name: z.string(),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** The scores of a fit, iteration by iteration; null where there was no validation data. */
export const historySchema = z.array(
  z.object({ iteration: z.int().check(z.nonnegative()), metric: z.string(), value: z.nullable(z.number()) }),
);

/** What every model says of its task. */
export const taskSchema = z.object({
  /** Left out by models of families that only classify. */
  task: z._default(z.enum(['classification', 'regression']), 'classification'),
  /** Classes of a classifier, in the order of the outputs. */
  classes: z.optional(z.array(z.union([z.string(), z.number(), z.boolean()]))),
  /** How classes were coded, where that is not the coding of the family. */
  coding: z.optional(z.enum(['prevalence', 'logits'])),
  /** Whether the targets of a regression were a vector. */
  singleOutput: z.optional(z.boolean()),
});
