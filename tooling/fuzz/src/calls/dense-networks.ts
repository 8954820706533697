import * as nfa from '@agop/nfa/network';
import { type Call, type Making, open, plain, steps } from './call.ts';
import { rows, values } from './sample-data.ts';

const targets = (): number[][] => values().map((value) => [value, -value]);
const network = ({ ops }: Making): nfa.DenseNetwork =>
  nfa.DenseNetwork.random({ backend: ops, sizes: [3, 4, 2], dtype: 'float64' });
const passes = () => ({ rowsPerPass: 4 });
const training = () => ({
  optimizer: nfa.sgd({ learningRate: 0.1 }),
  epochs: 2,
  batchSize: 4,
  loss: 'meanSquaredError',
  seed: 1,
});

/** Functions of networks, which are the first argument and stay as they are. */
export const denseNetworkCalls: readonly Call[] = [
  {
    of: ['DenseNetwork'],
    takesAnything: true,
    args: ({ backend }) => [
      {
        ...{ backend, sizes: [3, 4, 2], activation: 'tanh', biases: true, initialization: 'heNormal' },
        ...{ gain: 0.5, seed: 1, dtype: 'float64' },
      },
      rows(),
    ],
    call: async (options, x) => {
      const made: nfa.DenseNetwork = Reflect.apply(nfa.DenseNetwork.random, nfa.DenseNetwork, [options]);
      try {
        return await Reflect.apply(made.predict, made, [x]);
      } finally {
        made.dispose();
      }
    },
  },
  {
    of: ['DenseNetwork.fromLayers'],
    takesAnything: true,
    args: ({ backend }) => [
      { backend, layers: [{ weights: [[1, 2, 3]], bias: [1] }], activation: 'relu', dtype: 'float64' },
    ],
    call: async (options) => {
      const made: nfa.DenseNetwork = await Reflect.apply(nfa.DenseNetwork.fromLayers, nfa.DenseNetwork, [
        options,
      ]);
      made.dispose();
    },
  },
  open('sgd', nfa.sgd, () => [{ learningRate: 0.1, momentum: 0.5, weightDecay: 0.1 }]),
  open('adamW', nfa.adamW, () => [
    { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
  ]),
  open('speedLimited', nfa.speedLimited, () => [{ learningRate: 0.1, layer: 0, boost: 5, epsilon: 0.1 }]),
  steps(
    'trainingEpochs',
    nfa.trainingEpochs,
    (m) => [network(m), rows(), targets(), training()],
    '0',
    'epochs',
  ),
  steps(
    'alignmentTrace',
    nfa.alignmentTrace,
    (m) => [network(m), rows(), targets(), { ...training(), every: 1, roots: false }],
    ...['0', 'epochs'],
  ),
  plain(
    'networkAlignment',
    nfa.networkAlignment,
    (m) => [network(m), network(m), rows(), passes()],
    '0',
    '1',
  ),
  plain(
    'earlyAlignment',
    nfa.earlyAlignment,
    (m) => [network(m), rows(), targets(), { ...passes(), layers: 'all' }],
    '0',
  ),
  plain('layerMaps', nfa.layerMaps, (m) => [network(m), rows(), passes()], '0'),
  plain(
    'networkFeatures',
    nfa.networkFeatures,
    (m) => [network(m), rows(), { ...passes(), layers: [0, 1], centering: 'output' }],
    '0',
  ),
  plain(
    'infiniteWidthAlignment',
    nfa.infiniteWidthAlignment,
    ({ backend }) => [backend, rows(), targets()],
    '0',
  ),
];
