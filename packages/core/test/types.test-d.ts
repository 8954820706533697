// Checked by the compiler (`tsc` includes tests); nothing here runs.
import { expectTypeOf } from 'vitest';
import type { Backend, DType, Extension, ExtensionKey, Tensor, TypedArray } from '../src/index.ts';
import { add, input, Scope } from '../src/index.ts';
import { choice, flag, type Given, list, number, resolve, type Settings, whole } from '../src/options.ts';

declare const backend: Backend;
declare const tensor: Tensor;

// The dtype is known of what is made of numbers, of what is computed from it, and of what is read from it.
const single = backend.tensor([1, 2], [1, 2], 'float32');
const double = backend.random([2, 2], 'normal', { seed: 0 }, 'float64');
const indices = backend.argmax(double, 0);
expectTypeOf(single.dtype).toEqualTypeOf<'float32'>();
expectTypeOf(single.read()).resolves.toEqualTypeOf<Float32Array>();
expectTypeOf(backend.matmul(double, double).read()).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(backend.cast(single, 'float64').read()).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(backend.gather(double, indices).read()).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(backend.map(input('a'), { a: double, b: 2 }).read()).resolves.toEqualTypeOf<Float64Array>();
expectTypeOf(add(backend, single, 1).read()).resolves.toEqualTypeOf<Float32Array>();
expectTypeOf(backend.cholesky(double)).resolves.toEqualTypeOf<Tensor<'float64'>>();
expectTypeOf(indices.read()).resolves.toEqualTypeOf<Int32Array>();
expectTypeOf(new Scope(backend).keep(single)).toEqualTypeOf<Tensor<'float32'>>();
// Elsewhere it may be any, and a tensor of a known one serves.
expectTypeOf(tensor.read()).resolves.toEqualTypeOf<TypedArray>();
expectTypeOf<Tensor<'float32'>>().toExtend<Tensor>();
expectTypeOf<Tensor>().toEqualTypeOf<Tensor<DType>>();
expectTypeOf<Tensor<'int32'>>().not.toExtend<Tensor<'float64'>>();

// Settings follow from the schema: with a default, or required, a value is there.
const schema = {
  ridge: number({ from: 0, default: 1e-3, description: '' }),
  seed: whole({ from: 0, description: '' }),
  rows: whole({ from: 1, required: true, description: '' }),
  task: choice(['regression', 'classification'], { default: 'regression', description: '' }),
  kernel: choice(['laplace', 'gaussian'], { description: '' }),
  quiet: flag({ description: '' }),
  sizes: list(whole({ from: 1, description: '' })),
};
expectTypeOf<Settings<typeof schema>>().toEqualTypeOf<{
  readonly ridge: number;
  readonly seed: number | undefined;
  readonly rows: number;
  readonly task: 'regression' | 'classification';
  readonly kernel: 'laplace' | 'gaussian' | undefined;
  readonly quiet: boolean;
  readonly sizes: readonly number[];
}>();
expectTypeOf(resolve(schema, { rows: 2 }).task).toEqualTypeOf<'regression' | 'classification'>();
expectTypeOf<{ ridge: string }>().not.toMatchTypeOf<Given<typeof schema>>();
expectTypeOf<{ kernel: 'cosine' }>().not.toMatchTypeOf<Given<typeof schema>>();

// An extension takes and gives what its key says; engines may lack it.
type Pair = readonly [images: Tensor, filters: Tensor];
declare const key: ExtensionKey<Pair, { readonly stride: number }, { readonly size: number }>;
expectTypeOf(backend.extension(key)).toEqualTypeOf<
  Extension<Pair, { readonly stride: number }> | undefined
>();
const extension: Extension<Pair, { readonly stride: number }> = () => tensor;
expectTypeOf(extension).parameters.toEqualTypeOf<[operands: Pair, options: { readonly stride: number }]>();
expectTypeOf<[Tensor]>().not.toMatchTypeOf<Pair>();
