import { OptionError, wording } from '@agop/core';
import { accuracy, argmaxRows } from '@agop/estimators';
import { compareLayer, type LayerComparison, type MeasuredLayer } from '@agop/nfa/features';
import { DenseNetwork, measureNetwork, publishedComparisons, sgd, trainingEpochs } from '@agop/nfa/network';
import type { RunContext } from '../experiment.ts';
import { RunParts } from '../run-parts.ts';
import { type AnsatzData, type AnsatzRows, firstRows, type PixelRows, rowsOf } from './data.ts';
import { diagonalPictures } from './pictures.ts';
import { type AnsatzPart, type AnsatzResult, ansatzPart, type MeasuredHidden } from './result.ts';
import { type AnsatzSettings, ansatzSizes, checkAnsatzSettings } from './settings.ts';

/** After each epoch, and before the measurements of a seed. */
export type AnsatzEvent =
  | {
      readonly kind: 'epoch';
      readonly seed: number;
      readonly seeds: number;
      readonly epoch: number;
      readonly epochs: number;
      readonly loss: number;
      readonly secondsLeft: number | undefined;
    }
  | {
      /** At its beginning, and before each layer is compared. */
      readonly kind: 'measuring';
      readonly seed: number;
      readonly seeds: number;
      /** Layers that have been compared, and all of them. */
      readonly done: number;
      readonly layers: number;
    };

/**
 * Trains dense networks on images and measures the neural feature ansatz at their hidden layers, as the
 * publication states it and as its program computes it, beside controls.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {ConvergenceError} for a rate at which training diverges
 * @throws {AbortedError} through `signal`
 */
export async function runAnsatz(
  settings: AnsatzSettings,
  data: AnsatzData,
  context: RunContext<AnsatzEvent>,
): Promise<AnsatzResult> {
  checkAnsatzSettings(settings);
  const { backend } = context;
  const { width, epochs } = ansatzSizes(settings);
  const parts = new RunParts(context.parts, settings.seeds);
  const made: AnsatzPart[] = [];
  for (let seed = settings.seed; seed < settings.seed + settings.seeds; seed++) {
    made.push(
      await parts.take({ name: `seed ${seed}`, kind: ansatzPart }, () =>
        runSeed({ settings, data, seed, context, parts }),
      ),
    );
  }
  const [first] = made;
  if (!first) throw new TypeError('there is one seed at least');
  const { shape, pictures } = first;
  return {
    experiment: 'ansatz',
    version: 1,
    summary: {
      data: data.name,
      samples: data.training.labels.length - shape[2],
      validationSamples: shape[2],
      testSamples: data.test.labels.length,
      sizes: [shape[0], ...Array.from({ length: settings.depth }, () => width), shape[1]],
      epochs,
      learningRate: settings.learningRate,
      agopSamples: Math.min(settings.agopSamples, data.training.labels.length - shape[2]),
      runs: made.map(({ run }) => run),
      backend: backend.name,
      device: backend.device.description,
      dtype: 'float32, sums of the ansatz in float64 where the backend has it',
      seconds: parts.seconds,
    },
    pictures,
  };
}

/** What the training of a seed is told. */
interface SeedJob {
  readonly settings: AnsatzSettings;
  readonly data: AnsatzData;
  readonly seed: number;
  readonly context: RunContext<AnsatzEvent>;
  readonly parts: RunParts;
}

async function runSeed(job: SeedJob): Promise<AnsatzPart> {
  const { settings, data, seed, context } = job;
  const { backend, onEvent } = context;
  const began = performance.now();
  const rows = rowsOf(settings, data, seed);
  const [inputs, outputs] = [rows.training.x.shape[1], rows.training.y.shape[1]];
  const hidden = Array.from({ length: settings.depth }, () => ansatzSizes(settings).width);
  using network = DenseNetwork.random({ backend, sizes: [inputs, ...hidden, outputs], seed });
  using initial = network.copy();
  using best = await train(network, rows, job);
  const measuring = { kind: 'measuring', seed, seeds: settings.seeds, layers: settings.depth } as const;
  onEvent?.({ ...measuring, done: 0 });
  const x = firstRows(rows.training.x, settings.agopSamples);
  const { layers, first } = await measureLayers(best.network, initial, x, settings, seed, {
    ...context,
    onLayer: (done) => onEvent?.({ ...measuring, done }),
  });
  return {
    run: {
      seed,
      epoch: best.epoch,
      loss: best.loss,
      trainAccuracy: await score(best.network, rows.training),
      validationAccuracy: rows.validation ? await score(best.network, rows.validation) : null,
      testAccuracy: await score(best.network, rows.test),
      seconds: (performance.now() - began) / 1000,
      layers,
    },
    shape: [inputs, outputs, rows.validation?.labels.length ?? 0],
    pictures: seed === settings.seed ? diagonalPictures(...first, data.training.shape) : [],
  };
}

/** The network after the epoch that is measured. */
interface Trained extends Disposable {
  readonly network: DenseNetwork;
  readonly epoch: number;
  readonly loss: number;
}

async function train(
  network: DenseNetwork,
  { training, validation }: AnsatzRows,
  { settings, seed, parts, context: { signal, onEvent } }: SeedJob,
): Promise<Trained> {
  const { epochs } = ansatzSizes(settings);
  const { learningRate, seeds } = settings;
  let kept = { network: network.copy(), epoch: 0, loss: Number.NaN, accuracy: -1 };
  try {
    for await (const { epoch, loss } of trainingEpochs(network, training.x, training.y, {
      optimizer: sgd({ learningRate }),
      epochs,
      seed,
      ...(signal && { signal }),
    })) {
      const ownAccuracy = validation && (await score(network, validation));
      if (ownAccuracy === undefined ? epoch === epochs : ownAccuracy > kept.accuracy) {
        kept.network.dispose();
        kept = { network: network.copy(), epoch, loss, accuracy: ownAccuracy ?? -1 };
      }
      const { secondsLeft } = parts.progress(epoch / epochs);
      onEvent?.({ kind: 'epoch', seed, seeds, epoch, epochs, loss, secondsLeft });
    }
  } catch (error) {
    kept.network.dispose();
    throw error;
  }
  return { ...kept, [Symbol.dispose]: () => kept.network.dispose() };
}

async function measureLayers(
  network: DenseNetwork,
  initial: DenseNetwork,
  x: PixelRows['x'],
  { controls, agopSamples }: AnsatzSettings,
  seed: number,
  {
    backend,
    signal,
    onLayer,
  }: RunContext<AnsatzEvent> & {
    /** Told how many layers have been compared. */
    readonly onLayer: (done: number) => void;
  },
): Promise<{ readonly layers: MeasuredHidden[]; readonly first: readonly [MeasuredLayer, MeasuredLayer] }> {
  const passes = signal ? { signal } : {};
  const after = (await measureNetwork(network, x, passes)).slice(0, -1);
  const before = await measureNetwork(initial, x, passes);
  const published = await publishedComparisons(network, initial, x, passes);
  const layers: MeasuredHidden[] = [];
  for (const [index, layer] of after.entries()) {
    const start = before[index];
    const asCoded = published[index];
    if (!start || !asCoded) throw new TypeError('all networks have the same layers');
    const found = await compareLayer(backend, layer, { initialWeights: start.weights, controls, seed });
    const { correlations: first } = await compareLayer(backend, start, { controls: 0 });
    const { change, rotated, random } = found;
    if (!change || !rotated || !random) throw new TypeError('controls and initial weights were given');
    if (change.relative === 0) {
      throw new OptionError(
        'epochs',
        wording`The weights of layer ${index + 1} have not moved. Raise ${{ option: 'epochs' }} or ${{ option: 'agopSamples', value: agopSamples }}.`,
      );
    }
    layers.push({
      ...sizesOf(found),
      trained: found.correlations,
      initial: first,
      rotated,
      random,
      centered: found.centered,
      change: change.correlations,
      own: change.own,
      moved: change.relative,
      published: asCoded,
    });
    onLayer(layers.length);
  }
  return { layers, first: [after[0] as MeasuredLayer, before[0] as MeasuredLayer] };
}

function sizesOf({ units, inputs }: LayerComparison): Pick<MeasuredHidden, 'units' | 'inputs'> {
  return { units, inputs };
}

async function score(network: DenseNetwork, { x, labels }: PixelRows): Promise<number> {
  const { data, shape } = await network.predict(x);
  return accuracy(Array.from(argmaxRows(data, shape[1] as number)), Array.from(labels));
}
