// Checked by the compiler (`tsc` includes tests); nothing here runs.
import type { Backend } from '@agop/core';
import type { ShapedArray } from '@agop/estimators';
import type * as tfjs from '@tensorflow/tfjs-core';
import { expectTypeOf } from 'vitest';
import { ConvRFMClassifier, type ConvRFMRegressor, convolutionalNtk } from '../src/index.ts';

declare const backend: Backend;
declare const images: ShapedArray;
declare const batch: tfjs.Tensor4D;
declare const either: ShapedArray | tfjs.Tensor4D;
declare const names: string[];
declare const regressor: ConvRFMRegressor;

// Labels come back as the type they went in with, named or not.
const kernel = convolutionalNtk({ depth: 3 });
const digits = new ConvRFMClassifier<0 | 1>({ backend, kernel });
expectTypeOf(digits.predict(images)).resolves.toEqualTypeOf<(0 | 1)[]>();
const fitted = await new ConvRFMClassifier({ backend, kernel }).fit(images, names);
expectTypeOf(fitted.predict(batch, {})).resolves.toEqualTypeOf<string[]>();
expectTypeOf(fitted.classes).toExtend<readonly string[]>();
expectTypeOf(fitted).toExtend<ConvRFMClassifier>();

// A tf.Tensor in gives a tf.Tensor out.
expectTypeOf(regressor.predict(batch)).resolves.toEqualTypeOf<tfjs.Tensor>();
expectTypeOf(regressor.predict(either)).resolves.toEqualTypeOf<Float64Array | tfjs.Tensor>();
expectTypeOf(regressor.predict([images])).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(digits.predictProba(either)).resolves.toEqualTypeOf<Float64Array | tfjs.Tensor>();
expectTypeOf(digits.decisionFunction(batch)).resolves.toEqualTypeOf<tfjs.Tensor>();
