import { formatNumber } from '@agop/report';
import type { Candidate, FitChoice } from '@agop/tabular';

const kernelNames: Readonly<Record<string, string>> = {
  laplace: 'Laplace',
  gaussian: 'Gaussian',
  exponentialPower: 'power',
};

/** The kernel of a candidate: `l1 kernel`, `power kernel (exponent 1.4)`. */
function kernelWords({ kernel, bandwidthMode }: Candidate): string {
  const { bandwidth = 1, norm, exponent } = kernel.parameters;
  const name =
    norm === undefined
      ? `${kernelNames[kernel.name] ?? kernel.name} kernel`
      : norm === 2
        ? 'l2 kernel'
        : `l${formatNumber(norm, 3)} kernel`;
  const details = [
    ...(exponent === undefined || (norm !== undefined && exponent === 1)
      ? []
      : [`exponent ${formatNumber(exponent, 3)}`]),
    ...(bandwidthMode === 'adaptive'
      ? bandwidth === 1
        ? []
        : [`width ${formatNumber(bandwidth, 3)} of the median distance`]
      : [`bandwidth ${formatNumber(bandwidth, 3)}`]),
  ];
  return details.length === 0 ? name : `${name} (${details.join(', ')})`;
}

const scaleWords: Readonly<Record<Candidate['numbers'], string>> = {
  standard: 'standardized columns',
  'normal ranks': 'normal ranks',
  'uniform ranks': 'uniform ranks',
  largest: 'columns by their largest value',
  none: 'columns as they are',
};

/** What sets a candidate apart, in a phrase. */
export function candidateWords(candidate: Candidate): string {
  const { numbers, categories, target, diagonal } = candidate;
  return [
    kernelWords(candidate),
    diagonal ? 'one weight for each column' : 'full metric',
    scaleWords[numbers],
    ...(categories === 'ordinal' ? ['categories as ranks'] : []),
    ...(target === 'none' ? [] : [target === 'log' ? 'logarithm of the target' : 'root of the target']),
  ].join(', ');
}

/** The fit of a candidate that was best: `2 updates of the metric, ridge 0.01`. */
export function choiceWords({ iteration, ridge }: FitChoice): string {
  const updates = iteration === 0 ? 'no update' : iteration === 1 ? '1 update' : `${iteration} updates`;
  return `${updates} of the metric, ridge ${formatNumber(ridge, 3)}`;
}
