import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { resolve } from '@agop/core/options';
import { tableFromColumns } from '@agop/data';
import {
  grokkingOptions,
  grokkingPage,
  grokkingResult,
  runGrokkingExperiment,
} from '@agop/experiments/grokking';
import {
  runSubspaceExperiment,
  subspaceOptions,
  subspacePage,
  subspaceResult,
} from '@agop/experiments/subspace';
import {
  runTabularExperiment,
  tabularData,
  tabularOptions,
  tabularPage,
  tabularResult,
} from '@agop/experiments/tabular';
import { htmlPage } from '@agop/report';

const settings = resolve(grokkingOptions, { op: ['+'], p: 7, fraction: 0.75, iterations: 2 });
const result = await runGrokkingExperiment(settings, { backend: createNaiveBackend() });
const read = grokkingResult.parse(JSON.parse(JSON.stringify(result)));
assert.equal(read.summary.iterations.length, 3); // the first fit, and one after each update
assert.match(htmlPage(await grokkingPage(read)), /x \+ y mod 7/);

const x = Array.from({ length: 20 }, (_, i) => Math.sin(i));
const table = tableFromColumns({ x, y: x.map((value) => 2 * value) });
const fitted = resolve(tabularOptions, { target: ['y'], iterations: 1 });
const data = await tabularData('sines', table, fitted, async () => table);
const run = await runTabularExperiment(fitted, data, { backend: createNaiveBackend() });
const kept = tabularResult.parse(JSON.parse(JSON.stringify(run.result)));
assert.equal(kept.summary.trainingRows, 16);
assert.match(htmlPage(await tabularPage(kept)), /y from sines/);
run[Symbol.dispose]();

const search = resolve(subspaceOptions, { target: ['y'], method: 'opg', dimension: 1 });
const directions = await runSubspaceExperiment(search, data, { backend: createNaiveBackend() });
const shown = subspaceResult.parse(JSON.parse(JSON.stringify(directions.result)));
assert.equal(shown.summary.dimension, 1);
assert.match(htmlPage(await subspacePage(shown)), /What y depends on/);
directions[Symbol.dispose]();
