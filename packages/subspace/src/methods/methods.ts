import { hessianMatrix, slicedMatrix } from '../inverse/inverse.ts';
import { slicesOf } from '../inverse/slices.ts';
import { addTo, type HostMatrix, zeros } from '../linear/matrix.ts';
import { kernelAgop, recursiveAgop } from './kernel-machines.ts';
import { localFinder } from './local-methods.ts';
import { type DirectionMatrix, matrixFinder } from './matrix-finder.ts';
import type { SubspaceMethod } from './names.ts';
import type { DirectionFinder, MethodSettings, Problem } from './problem.ts';

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
