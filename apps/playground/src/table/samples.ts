import diabetes from '@agop/examples/data/diabetes.csv.gz?url';
import digits from '@agop/examples/data/digits.csv.gz?url';

/** Tables that come with the page: toy sets of scikit-learn. */
export const tableSamples = [
  {
    id: 'diabetes',
    label: 'Diabetes: 442 patients',
    name: 'diabetes.csv.gz',
    url: diabetes,
    target: 'progression',
  },
  {
    id: 'digits',
    label: 'Digits: 1,797 images',
    name: 'digits.csv.gz',
    url: digits,
    target: 'class',
  },
] as const;
