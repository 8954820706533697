import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { estimatorCases, type InputMakers, type SampleArray, tensorLike } from '@agop/estimators/cases';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { ConvRFMClassifier, ConvRFMRegressor, convolutionalNtk } from '../src/index.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

const options = { kernel: convolutionalNtk({ depth: 2 }), iterations: 1 };

/** Every way to give images. */
function inputs({ data, shape }: SampleArray, backend: Backend): InputMakers {
  const [count = 0, ...size] = shape;
  const single = (i: number): object => ({
    data: data.subarray((i * data.length) / count, ((i + 1) * data.length) / count),
    shape: size,
  });
  return {
    'a typed array with a shape': () => ({ data, shape }),
    'a Float32Array with a shape': () => ({ data: Float32Array.from(data), shape }),
    'an array with a shape': () => ({ data: Array.from(data), shape }),
    'a list of images': () => Array.from({ length: count }, (_, i) => single(i)),
    'a tf.Tensor': () => tensorLike(data, shape),
    'a tensor of the backend': () => backend.tensor(data, shape, backend.preferredDType),
  };
}

describe.each([
  {
    name: 'ConvRFMClassifier',
    task: 'classification' as const,
    create: (backend: Backend) => new ConvRFMClassifier({ backend, ...options }),
    load: (bytes: Uint8Array, backend: Backend) => ConvRFMClassifier.load(bytes, { backend }),
  },
  {
    name: 'Deep ConvRFM',
    task: 'classification' as const,
    create: (backend: Backend) =>
      new ConvRFMClassifier({ backend, ...options, deep: { layers: 1, width: 8 } }),
    load: (bytes: Uint8Array, backend: Backend) => ConvRFMClassifier.load(bytes, { backend }),
  },
  {
    name: 'ConvRFMRegressor',
    task: 'regression' as const,
    create: (backend: Backend) => new ConvRFMRegressor({ backend, ...options }),
    load: (bytes: Uint8Array, backend: Backend) => ConvRFMRegressor.load(bytes, { backend }),
  },
])('$name', (subject) => {
  test.each(estimatorCases({ ...subject, sample: [6, 5, 1], inputs }))('$name', ({ run }) => run(backend));
});
