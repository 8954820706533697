// Checked by the compiler (`tsc` includes tests); nothing here runs.
import type { Backend } from '@agop/core';
import type { Label, TfTensorLike } from '@agop/estimators';
import { expectTypeOf } from 'vitest';
import {
  defineKernel,
  exponentialPower,
  type Kernel,
  type laplace,
  lpq,
  presets,
  RFMClassifier,
  RFMRegressor,
  radialKernel,
} from '../src/index.ts';

declare const backend: Backend;
declare const tf: TfTensorLike;
const x = [[1, 2]];

// Labels come back as the type they went in with.
const animals = new RFMClassifier<'cat' | 'dog'>({ backend });
expectTypeOf(animals.predict(x)).resolves.toEqualTypeOf<('cat' | 'dog')[]>();
expectTypeOf(animals.classes).toEqualTypeOf<readonly ('cat' | 'dog')[]>();
expectTypeOf<typeof animals.fit>().parameter(1).toEqualTypeOf<ArrayLike<'cat' | 'dog'> | TfTensorLike>();
expectTypeOf(animals.fit(x, ['cat'])).resolves.toEqualTypeOf<RFMClassifier<'cat' | 'dog'>>();
expectTypeOf(new RFMClassifier({ backend }).predict(x)).resolves.toEqualTypeOf<Label[]>();
expectTypeOf(RFMClassifier.load<number>('file', { backend })).resolves.toEqualTypeOf<RFMClassifier<number>>();

// A tf.Tensor in gives a tf.Tensor out, anything else a typed array.
const regressor = new RFMRegressor({ backend });
expectTypeOf(regressor.predict(tf)).resolves.toEqualTypeOf<TfTensorLike>();
expectTypeOf(regressor.predict(x)).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(animals.predictProba(tf)).resolves.toEqualTypeOf<TfTensorLike>();
expectTypeOf(animals.predictProba(x)).resolves.toEqualTypeOf<Float64Array>();

// Presets spread into options, and say their values.
expectTypeOf(RFMRegressor).toBeConstructibleWith({ backend, ...presets.rfm2022 });
expectTypeOf(RFMClassifier).toBeConstructibleWith({ backend, ...presets.xrfm2025, shift: 0 });
expectTypeOf(presets.grokking2024.centering).toEqualTypeOf<'output'>();

// A kernel's options follow from its parameters: those with a default may be left out.
expectTypeOf<Parameters<typeof laplace>[0]>().branded.toEqualTypeOf<{ readonly bandwidth: number }>();
expectTypeOf<[]>().not.toMatchTypeOf<Parameters<typeof laplace>>();
expectTypeOf(exponentialPower).toBeCallableWith({ bandwidth: 1 });
expectTypeOf(exponentialPower).toBeCallableWith({ bandwidth: 1, exponent: 1.5 });
const cauchy = defineKernel({
  name: 'cauchy',
  description: '',
  parameters: {
    bandwidth: { type: 'positive', description: '' },
    power: { type: 'positive', default: 1, description: '', savedAs: 'alpha' },
  },
  make: (name, values) => {
    expectTypeOf(values).toEqualTypeOf<{ readonly bandwidth: number; readonly alpha: number }>();
    return radialKernel(name, (s, { bandwidth, alpha }) => s.div(bandwidth).pow(alpha), values);
  },
});
expectTypeOf(cauchy).toBeCallableWith({ bandwidth: 1 });
expectTypeOf<{ power: number }>().not.toMatchTypeOf<Parameters<typeof cauchy>[0]>();
expectTypeOf(cauchy({ bandwidth: 1 })).toMatchTypeOf<Kernel>();
expectTypeOf(lpq).parameter(0).toHaveProperty('bandwidth').toEqualTypeOf<number>();
