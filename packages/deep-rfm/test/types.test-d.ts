// Checked by the compiler (`tsc` includes tests); nothing here runs.
import type { ShapedArray } from '@agop/estimators';
import type * as tfjs from '@tensorflow/tfjs-core';
import { expectTypeOf } from 'vitest';
import type { DeepRFM } from '../src/index.ts';

declare const model: DeepRFM;
declare const x: number[][];
declare const batch: tfjs.Tensor2D;
declare const either: number[][] | tfjs.Tensor2D;
declare const flags: boolean[];

// Labels come back as the type they went in with.
const fitted = await model.fit(x, flags);
expectTypeOf(fitted.predict(x)).resolves.toEqualTypeOf<boolean[]>();
expectTypeOf(fitted).toExtend<DeepRFM>();

// A tf.Tensor in gives a tf.Tensor out.
expectTypeOf(model.transform(batch, 1)).resolves.toEqualTypeOf<tfjs.Tensor>();
expectTypeOf(model.transform(either, 1)).resolves.toEqualTypeOf<ShapedArray | tfjs.Tensor>();
expectTypeOf(model.transform(x, 1)).resolves.toEqualTypeOf<ShapedArray>();
