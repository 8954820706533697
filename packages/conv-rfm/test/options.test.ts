import {
  ConvRFMClassifier,
  convolutionalNngp,
  convolutionalNtk,
  convRecursiveFeatureMachine,
  featureLayer,
  patchKernel,
} from '@agop/conv-rfm';
import { OptionError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { laplace } from '@agop/rfm';
import { expect, test } from 'vitest';

const backend = createNaiveBackend();
const kernel = convolutionalNtk({ depth: 3 });
const create = (options: object) => Reflect.construct(ConvRFMClassifier, [{ backend, kernel, ...options }]);
const call = (make: (...args: never[]) => unknown, ...args: unknown[]) =>
  Reflect.apply(make, undefined, args);

test.each<[string, () => unknown, RegExp]>([
  ['an estimator', () => create({ ridgee: 1 }), /ConvRFM has no option 'ridgee'\. Did you mean ridge\?/],
  ['`deep`', () => create({ deep: { layer: 2 } }), /deep has no option 'layer'\. Did you mean layers\?/],
  ['`deep` that is no object', () => create({ deep: true }), /options of deep must be an object/],
  ['convolutionalNtk', () => call(convolutionalNtk, { dept: 3 }), /Did you mean depth\?/],
  ['convolutionalNngp', () => call(convolutionalNngp, { patchsize: 3 }), /Did you mean patchSize\?/],
  [
    'patchKernel',
    () => call(patchKernel, laplace({ bandwidth: 1 }), { pading: 1 }),
    /Did you mean padding\?/,
  ],
  ['patchKernel, a kernel that was not called', () => call(patchKernel, laplace), /Call it/],
])('%s refuses what it does not have', (_, make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'OPTION', message: expect.stringMatching(message) }));
});

test('the loop without a kernel, layers with blocks and activations that are none', async () => {
  using x = backend.full([2, 3, 3, 1], 1, 'float64');
  using y = backend.full([2, 1], 1, 'float64');
  using filters = backend.full([1, 9], 1, 'float64');
  const loop = Reflect.apply(convRecursiveFeatureMachine, undefined, [{ backend, x, y }]);
  await expect(loop.next()).rejects.toThrow(OptionError);
  for (const odd of [{ block: 0 }, { block: 'all' }, { activation: 'sine' }]) {
    const given = [backend, x, filters, { patchSize: 3, ...odd }];
    expect(() => Reflect.apply(featureLayer, undefined, given)).toThrow(OptionError);
  }
});
