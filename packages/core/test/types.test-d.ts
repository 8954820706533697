// Checked by the compiler (`tsc` includes tests); nothing here runs.
import { expectTypeOf } from 'vitest';
import type { Backend, Extension, ExtensionKey, Tensor } from '../src/index.ts';
import { choice, flag, type Given, list, number, resolve, type Settings, whole } from '../src/options.ts';

declare const backend: Backend;
declare const tensor: Tensor;

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
