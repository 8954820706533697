// A network f(x) = W2 (W1 x)^2 learns modular arithmetic: full size (p = 61, width 1024, 50 epochs of AdamW) in about a minute on two cores.
//
//   pnpm reproduce:grokking-network [--op +] [--p 61] [--fraction 0.5] [--width 1024] [--epochs 50] [--batch 32] [--optimizer adamw|sgd]
//     [--rate R] [--decay D] [--agop-penalty W] [--circulant] [--every 1] [--seed 0] [--json FILE]
//
// Prints a line per measured epoch. `--agop-penalty` adds W times the trace of the AGOP to the loss; `--circulant` multiplies the inputs by
// the fourth root of a random block-circulant matrix.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { modularTask } from '@agop/grokking';
import { type NetworkEpoch, trainNetwork } from '@agop/grokking/network';
import { circulantTransform, useWasmForNetworks } from './network-setup.ts';

const { values } = parseArgs({
  options: {
    op: { type: 'string', default: '+' },
    p: { type: 'string', default: '61' },
    fraction: { type: 'string', default: '0.5' },
    width: { type: 'string', default: '1024' },
    epochs: { type: 'string', default: '50' },
    batch: { type: 'string', default: '32' },
    optimizer: { type: 'string', default: 'adamw' },
    rate: { type: 'string' },
    decay: { type: 'string' },
    'agop-penalty': { type: 'string', default: '0' },
    circulant: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
    seed: { type: 'string', default: '0' },
    json: { type: 'string' },
  },
});
const seed = Number(values.seed);
const task = modularTask({
  operation: values.op,
  p: Number(values.p),
  fraction: Number(values.fraction),
  seed,
});
await useWasmForNetworks();
using backend = await createCpuBackend({ widenSimd: true });

console.log('epoch  train loss  test loss  train acc  test acc  circulant  hankel  NFM~AGOP^1/2  seconds');
const { epochs, seconds } = await trainNetwork({
  backend,
  task,
  seed,
  width: Number(values.width),
  epochs: Number(values.epochs),
  batchSize: Number(values.batch),
  optimizer: values.optimizer === 'sgd' ? 'sgd' : 'adamw',
  agopPenalty: Number(values['agop-penalty']),
  measureEvery: Number(values.every),
  ...(values.rate !== undefined && { learningRate: Number(values.rate) }),
  ...(values.decay !== undefined && { weightDecay: Number(values.decay) }),
  ...(values.circulant && { transform: await circulantTransform(backend, task, seed) }),
  onEpoch: (epoch) => console.log(lineOf(epoch)),
});
console.log(`${seconds.toFixed(1)} s`);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ options: values, epochs, seconds }, null, 2)}\n`);
}

function lineOf(epoch: NetworkEpoch): string {
  const number = (value: number | null, digits: number, width: number): string =>
    (value === null ? '–' : value.toFixed(digits)).padStart(width);
  return [
    number(epoch.epoch, 0, 5),
    number(epoch.trainLoss, 6, 11),
    number(epoch.testLoss, 6, 10),
    number(epoch.trainAccuracy, 4, 10),
    number(epoch.testAccuracy, 4, 9),
    number(epoch.circulantDeviation, 3, 10),
    number(epoch.hankelDeviation, 3, 7),
    number(epoch.featureMatrixCorrelation, 3, 13),
    number(epoch.seconds, 1, 8),
  ].join(' ');
}
