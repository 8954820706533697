// A network f(x) = W2 (W1 x)^2 learns modular arithmetic: full size (p = 61, width 1024, 50 epochs of AdamW)
// in about a minute on two cores.
//
//   pnpm reproduce:grokking-network [--op +] [--p 61] [--fraction 0.5] [--width 1024] [--epochs 50] [--batch
//     32] [--optimizer adamw|sgd] [--rate R] [--decay D] [--agop-penalty W] [--circulant] [--every 1] [--seed
//     0] [--json FILE]
//
// Prints a line per measured epoch. `--agop-penalty` adds W times the trace of the AGOP to the loss;
// `--circulant` multiplies the inputs by the fourth root of a random block-circulant matrix.
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError, wording } from '@agop/core';
import { choice, flag, number, text, whole } from '@agop/core/options';
import { modularTask } from '@agop/grokking';
import { type NetworkEpoch, trainNetwork } from '@agop/grokking/network';
import { saveJson } from '../page.ts';
import { program } from '../program.ts';
import { circulantTransform, useWasmForNetworks } from './network-setup.ts';

export default program(
  {
    op: text({ default: '+', description: 'Operation' }),
    p: whole({ from: 2, default: 61, description: 'Modulus' }),
    fraction: number({ from: 0, default: 0.5, description: 'Share of the table to train on' }),
    width: whole({ from: 1, default: 1024, description: 'Hidden units' }),
    epochs: whole({ from: 1, default: 50, description: 'Passes through the training pairs' }),
    batch: whole({ from: 1, default: 32, description: 'Pairs of a step' }),
    optimizer: choice(['adamw', 'sgd'], { default: 'adamw', description: '{choices}' }),
    rate: number({ from: 0, description: 'Learning rate' }),
    decay: number({ from: 0, description: 'Weight decay' }),
    agopPenalty: number({ from: 0, default: 0, description: 'Weight of the trace of the AGOP in the loss' }),
    circulant: flag({ description: 'Multiply inputs by the fourth root of a random block-circulant matrix' }),
    every: whole({ from: 1, default: 1, description: 'Epochs between measurements' }),
    seed: whole({ from: 0, default: 0, description: 'Seed of the split and of the weights' }),
    json: text({ placeholder: 'file', description: 'Keep what was measured' }),
  },
  async (options) => {
    const { op: operation, p, fraction, width, epochs, batch, optimizer, agopPenalty, every, seed } = options;
    const { rate, decay, circulant, json } = options;
    if (json !== undefined) checkFolder(json);
    const task = modularTask({ operation, p, fraction, seed });
    await useWasmForNetworks();
    using backend = await createCpuBackend({ widenSimd: true });
    const transform = circulant ? await circulantTransform(backend, task, seed) : undefined;

    console.log(
      'epoch  train loss  test loss  train acc  test acc  circulant  hankel  NFM~AGOP^1/2  seconds',
    );
    const result = await trainNetwork({
      ...{ backend, task, seed, width, epochs, optimizer, agopPenalty },
      batchSize: batch,
      measureEvery: every,
      ...(rate !== undefined && { learningRate: rate }),
      ...(decay !== undefined && { weightDecay: decay }),
      ...(transform && { transform }),
      onEpoch: (epoch) => console.log(lineOf(epoch)),
    });
    console.log(`${result.seconds.toFixed(1)} s`);
    if (json !== undefined) saveJson(json, { options, epochs: result.epochs, seconds: result.seconds }, 2);
  },
);

function checkFolder(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new OptionError(
      'json',
      wording`${{ option: 'json' }}: the folder '${dirname(path)}' is not there, or cannot be written to (${String(error)}).`,
    );
  }
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
