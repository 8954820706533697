/** What each method is, in one line, by name. */
export const methods = {
  refinedMave: 'minimum average variance, weights from the directions (Xia et al. 2002)',
  mave: 'minimum average variance (Xia et al. 2002)',
  refinedOpg: 'outer product of gradients, weights from the directions (Xia et al. 2002)',
  opg: 'outer product of gradients of local linear fits (Xia et al. 2002)',
  csMave: 'refined MAVE of indicators of y: directions of the spread as well (Xia 2007)',
  csOpg: 'refined OPG of indicators of y: directions of the spread as well (Xia 2007)',
  modalOpg: 'outer product of gradients of local modal fits (arXiv 2407.20738)',
  agop: 'AGOP of one kernel ridge regression (arXiv 2605.15082)',
  rfm: 'AGOP of a Recursive Feature Machine (arXiv 2212.13881)',
  sir: 'sliced inverse regression (Li 1991)',
  save: 'sliced average variance (Cook & Weisberg 1991)',
  dr: 'directional regression (Li & Wang 2007)',
  phd: 'principal Hessian directions (Li 1992)',
} as const;

/** Name of a method; {@link methods} says what each is. */
export type SubspaceMethod = keyof typeof methods;

/** Methods of the distribution of x given y. */
const inverse: readonly SubspaceMethod[] = ['sir', 'save', 'dr', 'phd'];

/** Whether a method looks at the distribution of x given y, and so at more than the mean of y. */
export const isInverse = (method: SubspaceMethod): boolean => inverse.includes(method);

/** Methods that see directions in which y spreads without moving its mean. */
export const seesSpread = (method: SubspaceMethod): boolean =>
  isInverse(method) ? method !== 'phd' : ['csOpg', 'csMave', 'modalOpg'].includes(method);
