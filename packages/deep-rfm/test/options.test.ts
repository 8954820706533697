import { createNaiveBackend } from '@agop/core/naive';
import { DeepRFM, randomCosine, randomRelu } from '@agop/deep-rfm';
import { laplace } from '@agop/rfm';
import { expect, test } from 'vitest';

const backend = createNaiveBackend();

test.each<[string, object, RegExp]>([
  ['no backend', {}, /There is no backend/],
  ['a misspelt name', { backend, dept: 3 }, /no option 'dept'\. Did you mean depth\?/],
  ['a kernel that was not called', { backend, kernel: laplace }, /Call it/],
  ['the name of a feature map', { backend, featureMap: 'relu' }, /featureMap must be a feature map/],
  ['a text for a flag', { backend, standardization: 'yes' }, /standardization must be true or false/],
])('the constructor refuses %s', (_, options, message) => {
  const make = () => Reflect.construct(DeepRFM, [options]);
  expect(make).toThrow(expect.objectContaining({ code: 'OPTION', message: expect.stringMatching(message) }));
});

test.each<[string, (options: object) => unknown, object, RegExp]>([
  ['randomRelu', randomRelu, { weight: 1 }, /randomRelu\(\) has no option 'weight'\. Did you mean weights\?/],
  ['randomCosine', randomCosine, { bandwith: 3 }, /Did you mean bandwidth\?/],
])('%s refuses misspelt names', (_, make, options, message) => {
  const call = () => Reflect.apply(make, undefined, [options]);
  expect(call).toThrow(expect.objectContaining({ code: 'OPTION', message: expect.stringMatching(message) }));
});
