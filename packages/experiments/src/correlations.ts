import { measureSchema } from '@agop/estimators';
import * as z from 'zod/mini';

/**
 * The `Correlations` of `@agop/nfa`. NaN, in JSON null, where one side is 0 throughout: a layer whose units
 * are all at rest has no AGOP to be like.
 */
export const correlations = z.object({
  cosine: measureSchema,
  pearson: measureSchema,
  rootCosine: measureSchema,
  rootPearson: measureSchema,
});
