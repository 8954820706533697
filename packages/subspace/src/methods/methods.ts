import { hessianMatrix, slicedMatrix } from '../inverse/inverse.ts';
import { slicesOf } from '../inverse/slices.ts';
import { addTo, type HostMatrix, zeros } from '../linear/matrix.ts';
import { kernelAgop, recursiveAgop } from './kernel-machines.ts';
import { localFinder } from './local-methods.ts';
import { type DirectionMatrix, matrixFinder } from './matrix-finder.ts';
import type { DirectionFinder, MethodSettings, Problem } from './problem.ts';

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

/** A method at work on a table; to be disposed of. */
export function finderOf(
  method: SubspaceMethod,
  problem: Problem,
  settings: MethodSettings,
): DirectionFinder {
  switch (method) {
    case 'agop':
      return matrixFinder(async () => ({ matrix: await kernelAgop(problem, settings) }));
    case 'rfm':
      return matrixFinder(async () => ({ matrix: await recursiveAgop(problem, settings) }));
    case 'sir':
    case 'save':
    case 'dr':
    case 'phd':
      return matrixFinder(() => inverseMatrix(method, problem, settings));
    default:
      return localFinder(method, problem, settings);
  }
}

/** The matrix of an inverse regression, summed over the columns of y. */
async function inverseMatrix(
  method: 'sir' | 'save' | 'dr' | 'phd',
  { x, responses, values, isClassification }: Problem,
  settings: MethodSettings,
): Promise<DirectionMatrix> {
  const total = zeros(x.columns, x.columns);
  let whitening: HostMatrix | undefined;
  const columns = method === 'phd' ? responses : values;
  for (let o = 0; o < columns.columns; o++) {
    const y = columnOf(columns, o);
    const found =
      method === 'phd'
        ? await hessianMatrix(settings.backend, x, centered(y), settings.residuals, settings)
        : await slicedMatrix(
            settings.backend,
            method,
            x,
            slicesOf(y, isClassification ? Number.POSITIVE_INFINITY : settings.slices),
            settings,
          );
    whitening = found.whitening;
    addTo(total, found.matrix);
  }
  return { matrix: total, whitening };
}

function columnOf({ data, rows, columns }: HostMatrix, o: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * columns + o] as number);
}

function centered(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
