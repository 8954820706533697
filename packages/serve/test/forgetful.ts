// A program that disposes of nothing.
import { Worker } from 'node:worker_threads';
import { ModelWorker } from '@agop/serve';
import type { models } from './model.worker.ts';

const worker = new ModelWorker<typeof models>(new Worker(new URL('./model.worker.ts', import.meta.url)));
const model = await worker.make('values');
await model.fit([[1], [2], [3]], [1, 2, 4]);
console.log((await model.predict([[1]])).length);
