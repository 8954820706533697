import { inspect } from 'node:util';
import { createNaiveBackend } from '@agop/core/naive';
import { fitKernelMachine, laplace, RFMClassifier, RFMRegressor } from '@agop/rfm';
import { expect, test } from 'vitest';

test('`console.log` shows estimators, machines and tensors in a line, without their backend', async () => {
  using backend = createNaiveBackend();
  const kernel = laplace({ bandwidth: 2 });
  using regressor = new RFMRegressor({ backend, kernel, iterations: 0 });
  expect(inspect(regressor)).toBe('RFMRegressor { task: "regression", fitted: false }');
  await regressor.fit([[1], [2]], [1, 2]);
  expect(inspect(regressor)).toBe('RFMRegressor { task: "regression", fitted: true, outputs: 1 }');
  using classifier = new RFMClassifier({ backend, kernel, iterations: 0 });
  await classifier.fit([[1], [2], [3]], ['a', 'b', 'c']);
  expect(inspect(classifier)).toBe('RFMClassifier { task: "classification", fitted: true, outputs: 3 }');
  const x = backend.tensor([1, 2], [2, 1], 'float64');
  using machine = await fitKernelMachine({ backend, kernel, x, y: x });
  expect(inspect(machine)).toBe(
    'KernelMachine { kernel: "laplace", metric: "identity", centers: 2, features: 1, outputs: 1 }',
  );
  expect(inspect(x)).toBe('Tensor { dtype: "float64", shape: [2,1] }');
  x.dispose();
  expect(inspect(x)).toBe('Tensor { dtype: "float64", shape: [2,1], disposed: true }');
});
