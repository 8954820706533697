import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { grokkingPage, grokkingResult, runGrokkingExperiment } from '@agop/experiments/grokking';
import { htmlPage } from '@agop/report';
import { gaussian } from '@agop/rfm';

const result = await runGrokkingExperiment(
  {
    task: { operation: '+', p: 7, fraction: 0.75, seed: 0 },
    kernel: gaussian({ bandwidth: 2.5 }),
    iterations: 2,
    ridge: 0,
    dtype: 'float64',
    shown: undefined,
  },
  { backend: createNaiveBackend() },
);
const read = grokkingResult.parse(JSON.parse(JSON.stringify(result)));
assert.equal(read.summary.iterations.length, 2);
assert.match(htmlPage(await grokkingPage(read)), /x \+ y mod 7/);
