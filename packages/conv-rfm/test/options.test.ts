import { ConvRFMClassifier, convolutionalNngp, convolutionalNtk, patchKernel } from '@agop/conv-rfm';
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
