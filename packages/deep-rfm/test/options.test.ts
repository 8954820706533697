import { createNaiveBackend } from '@agop/core/naive';
import { DeepRFM } from '@agop/deep-rfm';
import { laplace } from '@agop/rfm';
import { expect, test } from 'vitest';

const backend = createNaiveBackend();

test.each<[string, object, RegExp]>([
  ['no backend', {}, /There is no backend/],
  ['a misspelt name', { backend, dept: 3 }, /no option 'dept'\. Did you mean depth\?/],
  ['a kernel that was not called', { backend, kernel: laplace }, /Call it/],
  ['a text for a flag', { backend, standardization: 'yes' }, /standardization must be true or false/],
])('the constructor refuses %s', (_, options, message) => {
  const make = () => Reflect.construct(DeepRFM, [options]);
  expect(make).toThrow(expect.objectContaining({ code: 'OPTION', message: expect.stringMatching(message) }));
});
