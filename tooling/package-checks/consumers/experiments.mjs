import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { resolve } from '@agop/core/options';
import {
  grokkingOptions,
  grokkingPage,
  grokkingResult,
  runGrokkingExperiment,
} from '@agop/experiments/grokking';
import { htmlPage } from '@agop/report';

const settings = resolve(grokkingOptions, { op: ['+'], p: 7, fraction: 0.75, iterations: 2 });
const result = await runGrokkingExperiment(settings, { backend: createNaiveBackend() });
const read = grokkingResult.parse(JSON.parse(JSON.stringify(result)));
assert.equal(read.summary.iterations.length, 3); // the first fit, and one after each update
assert.match(htmlPage(await grokkingPage(read)), /x \+ y mod 7/);
