import { ConvRFMClassifier, ConvRFMRegressor, convolutionalNtk } from '@agop/conv-rfm';
import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { estimatorCases, type SampleArray, tensorLike } from '@agop/estimators/cases';
import { describe, test } from 'vitest';

const sample = [4, 4, 1];
const options = { kernel: convolutionalNtk({ depth: 1, patchSize: 3 }), iterations: 1, ridge: 1e-3 };

/** Every way to give images. */
const inputs = ({ data, shape }: SampleArray, backend: Backend) => {
  const [count = 0, ...size] = shape;
  const length = size.reduce((product, axis) => product * axis, 1);
  return {
    'a typed array with a shape': () => ({ data, shape }),
    'a Float32Array with a shape': () => ({ data: Float32Array.from(data), shape }),
    'a list of images': () =>
      Array.from({ length: count }, (_, i) => ({
        data: data.slice(i * length, (i + 1) * length),
        shape: size,
      })),
    'a tf.Tensor': () => tensorLike(data, shape),
    'a tensor of the backend': () => backend.tensor(data, shape, 'float64'),
  };
};

describe.each([
  {
    name: 'ConvRFMClassifier',
    task: 'classification' as const,
    sample,
    inputs,
    create: (backend: Backend) => new ConvRFMClassifier({ backend, ...options }),
    load: (bytes: Uint8Array, backend: Backend) => ConvRFMClassifier.load(bytes, { backend }),
  },
  {
    name: 'ConvRFMRegressor',
    task: 'regression' as const,
    sample,
    inputs,
    create: (backend: Backend) => new ConvRFMRegressor({ backend, ...options }),
    load: (bytes: Uint8Array, backend: Backend) => ConvRFMRegressor.load(bytes, { backend }),
  },
])('$name', (subject) => {
  test.each(estimatorCases(subject))('$name', async ({ run }) => {
    using backend = createNaiveBackend();
    await run(backend);
  });
});
