// Checked by the compiler (`tsc` includes tests); nothing here runs.
import { expectTypeOf } from 'vitest';
import {
  type Classification,
  type Estimator,
  type FitOptions,
  type FittedModel,
  type LabelInput,
  type LoadOptions,
  loadModel,
  type MatrixInput,
  type MatrixTypes,
  type Model,
  type Regression,
  type Trainer,
  type TrainerSettings,
  type TrainerTypes,
} from '../src/index.ts';

/** The types of an estimator of one's own: images of a kind, and a step count for predictions. */
interface OwnTypes extends TrainerTypes {
  readonly input: readonly Uint8Array[];
  readonly samples: {
    readonly data: Uint8Array;
    readonly rows: number;
    readonly columns: number;
    readonly size: number;
  };
  readonly settings: TrainerSettings & { readonly depth: number };
  readonly fitted: FittedModel & { readonly trees: number };
  readonly description: { readonly depth: number };
  readonly events: { onTree(tree: number): void };
  readonly how: readonly [trees: number];
  readonly load: LoadOptions & { readonly strict?: boolean };
}

declare const own: Trainer<OwnTypes>;
declare const estimator: Estimator<OwnTypes, Classification<'cat' | 'dog'>>;

// Users see the input, the labels, the events and the arguments that the types name.
expectTypeOf(estimator.predict([new Uint8Array()], 3)).resolves.toEqualTypeOf<('cat' | 'dog')[]>();
expectTypeOf<typeof estimator.fit>().parameter(0).toEqualTypeOf<readonly Uint8Array[]>();
expectTypeOf<typeof estimator.fit>().parameter(1).toEqualTypeOf<LabelInput<'cat' | 'dog'>>();
expectTypeOf<typeof estimator.fit>()
  .parameter(2)
  .toExtend<
    (FitOptions<OwnTypes['input'], LabelInput<'cat' | 'dog'>> & { onTree?(tree: number): void }) | undefined
  >();
expectTypeOf<typeof estimator.score>().parameters.toEqualTypeOf<
  [x: readonly Uint8Array[], y: LabelInput<'cat' | 'dog'>, trees: number]
>();

// The trainer gets its own settings, samples and description, and nothing of labels.
expectTypeOf<typeof own.fit>().parameter(1).toEqualTypeOf<OwnTypes['settings']>();
expectTypeOf<Parameters<typeof own.fit>[0]['training']['x']>().toEqualTypeOf<OwnTypes['samples']>();
expectTypeOf<Parameters<typeof own.decode>[0]['description']>().toEqualTypeOf<{ readonly depth: number }>();
expectTypeOf<typeof own.decode>().parameter(2).toEqualTypeOf<OwnTypes['load']>();

// A loaded model is that of the algorithm and the task.
declare const regression: Parameters<typeof loadModel<OwnTypes, Regression>>[1];
expectTypeOf(
  loadModel(own, regression, '', { backend: {} as TrainerSettings['backend'] }),
).resolves.toEqualTypeOf<Model<OwnTypes, Regression>>();

// On matrices, input is that of all estimators.
expectTypeOf<MatrixTypes['input']>().toEqualTypeOf<MatrixInput>();
expectTypeOf<MatrixTypes['how']>().toEqualTypeOf<readonly []>();
