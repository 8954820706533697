import type { Table } from '@agop/data';
import type { TfTensorLike } from '@agop/estimators';
import type { KernelMachine, RFMClassifier, RFMRegressor } from '@agop/rfm';
import { type ModelWorker, PredictionQueue, type RemoteModel } from '@agop/serve';
import type { TabularRegressor } from '@agop/tabular';
import type { models } from './model.worker.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>(): void => {};

declare const worker: ModelWorker<typeof models>;
declare const tensor: TfTensorLike;
const values = await worker.make('values', { ridge: 1 });
const classes = await worker.make('classes');
const x = [[1, 2]];

holds<Equal<typeof values, RemoteModel<RFMRegressor>>>();
holds<Equal<typeof classes, RemoteModel<RFMClassifier<string>>>>();
holds<Equal<Awaited<ReturnType<typeof values.fit>>, RemoteModel<RFMRegressor>>>();

// Methods as those of the estimator, also by kind of input; properties that are data.
const predicted: Float64Array = await values.predict(x);
const labels: string[] = await classes.predict(x);
const inKind: TfTensorLike = await values.predict(tensor);
const names: readonly string[] = classes.classes;
const { best, fitted }: { readonly best: number; readonly fitted: boolean } = values;

// What cannot cross is not there.
// @ts-expect-error a machine has methods
const machine: KernelMachine = values.machine;
// @ts-expect-error no such model
await worker.make('others');
// @ts-expect-error no such option
await worker.make('values', { ridges: 1 });
// @ts-expect-error misspelt
await values.fit(x, [1], { valdiation: 0.2 });

// A queue gives what the model gives, here and in a worker.
declare const here: RFMClassifier<'yes' | 'no'>;
const fromQueue: ('yes' | 'no')[] = await new PredictionQueue(here).predict(x);
const remote: string[] = await new PredictionQueue(classes).predict(x);
const odds: Float64Array = await new PredictionQueue(classes).predictProba(x);

// A queue takes what the model takes: tables by the names of their columns, of models of tables alone.
declare const ofTables: TabularRegressor;
declare const remoteOfTables: RemoteModel<TabularRegressor>;
declare const table: Table;
const prices: Float64Array = await new PredictionQueue(ofTables).predict(table);
const remotePrices: Float64Array = await new PredictionQueue(remoteOfTables).predict(table);
await new PredictionQueue(ofTables).predict(x);
// @ts-expect-error a model of matrices
await new PredictionQueue(here).predict(table);

void [prices, remotePrices];
void [predicted, labels, inKind, names, best, fitted, machine, fromQueue, remote, odds];
