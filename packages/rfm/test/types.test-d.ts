// Checked by the compiler (`tsc` includes tests); nothing here runs.
import type { Backend } from '@agop/core';
import type { Label, LabeledBy, MatrixInput, TfTensorLike } from '@agop/estimators';
import type * as tfjs from '@tensorflow/tfjs-core';
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
expectTypeOf(animals.fit(x, ['cat'])).resolves.toExtend<RFMClassifier<'cat' | 'dog'>>();
expectTypeOf<[x: MatrixInput, y: 'bird'[]]>().not.toExtend<Parameters<typeof animals.fit>>();
expectTypeOf(new RFMClassifier({ backend }).predict(x)).resolves.toEqualTypeOf<Label[]>();
expectTypeOf(RFMClassifier.load<number>('file', { backend })).resolves.toEqualTypeOf<RFMClassifier<number>>();

// Where they are not named, a fitted classifier has those that it was fitted on.
const unnamed = new RFMClassifier({ backend });
declare const texts: string[];
declare const flags: readonly boolean[];
declare const codes: tfjs.Tensor1D;
type Fitted<L extends Label> = LabeledBy<L, [x: MatrixInput]> & RFMClassifier;
expectTypeOf(unnamed.fit(x, texts)).resolves.toEqualTypeOf<Fitted<string>>();
expectTypeOf(unnamed.fit(x, ['yes', 'no'])).resolves.toEqualTypeOf<Fitted<string>>();
expectTypeOf(unnamed.fit(x, flags)).resolves.toEqualTypeOf<Fitted<boolean>>();
expectTypeOf(unnamed.fit(x, [0, 1])).resolves.toEqualTypeOf<Fitted<number>>();
expectTypeOf(unnamed.fit(x, new Int32Array(2))).resolves.toEqualTypeOf<Fitted<number>>();
expectTypeOf(unnamed.fit(x, codes)).resolves.toEqualTypeOf<Fitted<number>>();
declare const fitted: Fitted<string>;
expectTypeOf(fitted.predict(x)).resolves.toEqualTypeOf<string[]>();
expectTypeOf(fitted.classes).toExtend<readonly string[]>();
expectTypeOf(fitted.predictProba(x)).resolves.toEqualTypeOf<Float64Array>();
// One of named labels serves where any will do.
expectTypeOf<RFMClassifier<string>>().toExtend<RFMClassifier>();
expectTypeOf<RFMClassifier<'cat' | 'dog'>>().toExtend<RFMClassifier<string>>();

// A tf.Tensor in gives a tf.Tensor out, anything else a typed array, and either where it may be either.
const regressor = new RFMRegressor({ backend });
declare const matrix: tfjs.Tensor2D;
declare const either: number[][] | tfjs.Tensor;
const untyped = JSON.parse('[[1, 2]]');
expectTypeOf(regressor.predict(matrix)).resolves.toEqualTypeOf<tfjs.Tensor>();
expectTypeOf(regressor.predict(either)).resolves.toEqualTypeOf<Float64Array | tfjs.Tensor>();
expectTypeOf(regressor.predict(backend.identity(2, 'float32'))).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(regressor.predict({ data: [1, 2], shape: [1, 2] })).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(regressor.predict(untyped)).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(animals.predictProba(matrix)).resolves.toEqualTypeOf<tfjs.Tensor>();
expectTypeOf(animals.predictProba(either)).resolves.toEqualTypeOf<Float64Array | tfjs.Tensor>();
expectTypeOf(animals.predict(either)).resolves.toEqualTypeOf<('cat' | 'dog')[]>();
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
