import type { TabularRegressor } from '@agop/tabular';
import type { Drawn } from './result.ts';
import { candidateWords } from './words.ts';

/** Metrics of more features are not drawn. */
const mostFeatures = 256;

/**
 * The learned metric M of a fit, of its largest leaf where it has several; null where nothing was learned,
 * and where there are too many features.
 */
export async function metricMatrix(member: TabularRegressor['members'][number]): Promise<Drawn['metric']> {
  const { fitted, preprocessor, candidate } = member;
  const names = preprocessor.featureNames;
  if (names.length > mostFeatures || fitted.settings.codes.length > 0) return null;
  const largest = fitted.leaves.reduce(
    (best, leaf, at) => (leaf.rows > (fitted.leaves[best]?.rows ?? 0) ? at : best),
    0,
  );
  const { metric } = (await fitted.machines.get(largest)).fitted.machine;
  if (metric.kind === 'identity') return null;
  const data = Array.from(await metric.tensor.read());
  const [rows = 1, columns = names.length] = metric.tensor.shape;
  const of =
    fitted.leaves.length === 1 ? candidateWords(candidate) : `${candidateWords(candidate)}; the largest leaf`;
  const isTransform = metric.form === 'transform';
  return {
    names: [...names],
    shape: [rows, columns],
    // A transform A of the features is the metric A² of their distances.
    data: !isTransform ? data : metric.kind === 'diagonal' ? data.map((value) => value ** 2) : squared(data),
    of,
  };
}

/** The square of a symmetric matrix. */
function squared(data: readonly number[]): number[] {
  const d = Math.round(Math.sqrt(data.length));
  return data.map((_, at) => {
    const [row, column] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let k = 0; k < d; k++) sum += (data[row * d + k] as number) * (data[k * d + column] as number);
    return sum;
  });
}
