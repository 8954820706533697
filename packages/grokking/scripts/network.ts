// A network f(x) = W2 (W1 x)^2 learns modular arithmetic: full size (p = 61, width 1024, 50 epochs of AdamW) in about a minute on two cores.
//
//   pnpm reproduce:grokking-network [--op +] [--p 61] [--fraction 0.5] [--width 1024] [--epochs 50] [--batch 32] [--optimizer adamw|sgd]
//     [--rate R] [--decay D] [--agop-penalty W] [--circulant] [--every 1] [--seed 0] [--json FILE]
//
// Prints a line per measured epoch. `--agop-penalty` adds W times the trace of the AGOP to the loss; `--circulant` multiplies the inputs by
// the fourth root of a random block-circulant matrix.
import { writeFileSync } from 'node:fs';
import { createCpuBackend } from '@agop/backend-cpu';
import { type NetworkEpoch, trainNetwork } from '@agop/grokking/network';
import { type NetworkScriptOptions, networkScriptOptions, optionProblem } from './network-options.ts';
import { circulantTransform, useWasmForNetworks } from './network-setup.ts';

try {
  await run(networkScriptOptions(process.argv.slice(2)));
} catch (error) {
  const problem = optionProblem(error);
  if (problem === undefined) throw error;
  console.error(problem);
  process.exitCode = 1;
}

async function run(options: NetworkScriptOptions): Promise<void> {
  const { task, seed, training, isCirculant, jsonFile, typed } = options;
  await useWasmForNetworks();
  using backend = await createCpuBackend({ widenSimd: true });
  const transform = isCirculant ? await circulantTransform(backend, task, seed) : undefined;

  console.log('epoch  train loss  test loss  train acc  test acc  circulant  hankel  NFM~AGOP^1/2  seconds');
  const { epochs, seconds } = await trainNetwork({
    ...training,
    backend,
    task,
    seed,
    ...(transform && { transform }),
    onEpoch: (epoch) => console.log(lineOf(epoch)),
  });
  console.log(`${seconds.toFixed(1)} s`);
  if (jsonFile !== undefined) {
    writeFileSync(jsonFile, `${JSON.stringify({ options: typed, epochs, seconds }, null, 2)}\n`);
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
