import * as conv from '@agop/conv-rfm';
import type { Tensor } from '@agop/core';
import * as deep from '@agop/deep-rfm';
import * as nfa from '@agop/nfa/features';
import { gaussian, laplace } from '@agop/rfm';
import { type Call, type Making, made, open, plain, steps } from './call.ts';
import { labels, pictures, rows, sides } from './sample-data.ts';

const images = ({ ops }: Making): Tensor => ops.tensor(pictures().data, [6, 5, 5, 1], 'float64');
const oneHot = ({ ops, backend: _ }: Making): Tensor =>
  ops.tensor(Float64Array.from(sides().flatMap((side) => [side, 1 - side])), [6, 2], 'float64');
const windows = () => ({ patchSize: 3, padding: 'image', pooling: 'none' });
const deepOptions = () => ({
  ...{
    depth: 1,
    kernel: laplace({ bandwidth: 2 }),
    ridge: 0.01,
    iterations: 1,
    power: 0.5,
    rowNormalization: 'none',
  },
  ...{
    featureMap: deep.randomRelu({ width: 4 }),
    seed: 1,
    normalization: 'max',
    agopSamples: 5,
    centering: 'none',
  },
});
const convOptions = () => ({
  ...{
    iterations: 1,
    ridge: [0.01, 0.1],
    update: 'root',
    agopImages: 3,
    agopChoice: 'first',
    agopRidge: 'best',
  },
  ...{ seed: 1, memoryBudget: 2 ** 28, tileBytes: 2 ** 20 },
});

const matrix = (rows: number, columns: number) => ({
  data: Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i)),
  shape: [rows, columns],
});
const layer = () => ({
  name: 'layer',
  weights: matrix(3, 4),
  covariance: { data: [2, 1, 0, 1, 3, 1, 0, 1, 4], shape: [3, 3] },
});

/** Functions of @agop/deep-rfm, @agop/conv-rfm and @agop/nfa. */
export const networkCalls: readonly Call[] = [
  open('compareLayer', nfa.compareLayer, ({ backend }) => [
    backend,
    layer(),
    { initialWeights: matrix(3, 4), controls: 1, seed: 2 },
  ]),
  open('layerUse', nfa.layerUse, ({ backend }) => [backend, layer(), 2]),
  open('layerOfGradients', nfa.layerOfGradients, () => [
    {
      name: 'layer',
      weights: matrix(3, 4),
      gradients: { data: Float64Array.from({ length: 12 }, Math.cos), shape: [2, 2, 3] },
      unitAxis: 'last',
    },
  ]),
  open('layerMatrices', nfa.layerMatrices, ({ backend }) => [backend, layer()]),
  made(
    ['DeepRFM'],
    deep.DeepRFM,
    ({ backend }) => [
      {
        backend,
        labelCoding: 'signed',
        standardization: true,
        dtype: 'float64',
        keepFeatures: false,
        ...deepOptions(),
      },
      ...[
        rows(),
        labels(),
        { validation: 0.3, onLayer: () => {} },
        rows(),
        { layer: 1 },
        1,
        { stage: 'features' },
      ],
    ],
    async (model, x, y, how, more, depth, layer, stage) => {
      await model.fit(x, y, how);
      await model.predict(more, depth);
      await model.transform?.(more, layer, stage);
      return model.toBytes();
    },
  ),
  {
    takesAnything: true,
    of: ['DeepRFM.load'],
    args: ({ backend }) => [
      new Uint8Array(20),
      { backend, dtype: 'float64', keepFeatures: true, kernels: {}, featureMaps: {} },
    ],
    call: async (source, how) => Reflect.apply(deep.DeepRFM.load, deep.DeepRFM, [source, how]),
  },
  open('randomRelu', deep.randomRelu, () => [{ width: 8, weights: 'normal' }]),
  open('randomCosine', deep.randomCosine, () => [{ spectrum: 'gaussian', bandwidth: 1, width: 8 }]),
  open('nc1', deep.nc1, () => [rows(), labels(), { classes: ['down', 'up'] }]),
  open('nc2', deep.nc2, () => [rows(), labels(), {}]),
  open('nc3', deep.nc3, () => [
    rows(),
    labels(),
    [
      [1, 2, 3],
      [3, 1, 2],
    ],
    {},
  ]),
  open('nc4', deep.nc4, () => [rows(), labels(), labels(), {}]),
  open('collapseMetrics', deep.collapseMetrics, () => [rows(), labels(), {}]),
  open('classStatistics', deep.classStatistics, () => [rows(), labels(), {}]),
  open('classCovariances', deep.classCovariances, () => [rows(), labels(), {}]),
  open('centeredCosines', deep.centeredCosines, () => [rows()]),
  plain('rowsByClass', deep.rowsByClass, () => [labels(), ['up', 'down'], { perClass: 2, most: 3 }]),
  plain('collapseDrop', deep.collapseDrop, () => [{ input: 1, projected: 0.5, features: 0.1 }]),
  steps('deepRecursiveFeatureMachine', deep.deepRecursiveFeatureMachine, ({ backend, ops }) => [
    {
      ...deepOptions(),
      backend,
      x: ops.tensor(Float64Array.from(rows().flat()), [10, 3], 'float64'),
      y: ops.tensor(
        Float64Array.from(labels(), (label) => (label === 'up' ? 1 : -1)),
        [10, 1],
        'float64',
      ),
    },
  ]),
  made(
    ['ConvRFMClassifier', 'ConvEstimator'],
    conv.ConvRFMClassifier,
    ({ backend }) => [
      {
        ...{
          backend,
          kernel: conv.convolutionalNtk({ depth: 2, patchSize: 3 }),
          deep: { layers: 1, width: 4, activation: 'relu' },
        },
        ...{
          dtype: 'float64',
          channels: 'last',
          selection: 'validation',
          keepTransforms: true,
          onWarning: () => {},
        },
        ...convOptions(),
      },
      ...[
        pictures(),
        sides(),
        { validation: { x: pictures(), y: sides() } },
        pictures(),
        { onProgress: () => {} },
      ],
    ],
    async (model, x, y, how, more, predicting) => {
      await model.fit(x, y, how);
      await model.predict(more, predicting);
      await model.predictProba?.(more);
      return model.toBytes();
    },
  ),
  made(
    ['ConvRFMRegressor'],
    conv.ConvRFMRegressor,
    ({ backend }) => [
      {
        backend,
        kernel: conv.patchKernel(gaussian({ bandwidth: 2 }), { patchSize: 3 }),
        ...convOptions(),
        ridge: 0.01,
      },
      ...[pictures(), sides(), {}, pictures()],
    ],
    async (model, x, y, how, more) => {
      await model.fit(x, y, how);
      return model.predict(more);
    },
  ),
  {
    takesAnything: true,
    of: ['ConvRFMClassifier.load'],
    args: ({ backend }) => [
      new Uint8Array(20),
      { backend, dtype: 'float64', channels: 'last', memoryBudget: 1e8, kernels: {} },
    ],
    call: async (source, how) =>
      Reflect.apply(conv.ConvRFMClassifier.load, conv.ConvRFMClassifier, [source, how]),
  },
  open('convolutionalNtk', conv.convolutionalNtk, () => [{ depth: 2, ...windows() }]),
  open('convolutionalNngp', conv.convolutionalNngp, () => [{ depth: 2, ...windows() }]),
  plain('patchKernel', conv.patchKernel, () => [laplace({ bandwidth: 1 }), windows()]),
  plain('imageKernelFromDescription', conv.imageKernelFromDescription, () => [
    { name: 'convolutionalNtk', parameters: { depth: 2, patchSize: 3, padding: 'image', pooling: 'none' } },
    {},
  ]),
  plain('imageKernelMatrix', conv.imageKernelMatrix, (making) => [
    making.backend,
    conv.convolutionalNtk({ depth: 2 }),
    images(making),
    images(making),
    { onProgress: () => {}, memoryBudget: 2 ** 28, tileBytes: 2 ** 20 },
  ]),
  steps('convRecursiveFeatureMachine', conv.convRecursiveFeatureMachine, (making) => [
    {
      ...{
        backend: making.backend,
        kernel: conv.convolutionalNtk({ depth: 2 }),
        x: images(making),
        y: oneHot(making),
      },
      ...convOptions(),
      onPhase: () => {},
    },
  ]),
  open('toHostImages', conv.toHostImages, () => [pictures(), 'X', 'last']),
  plain('starImages', conv.starImages, () => [4, 1, 'float32']),
  plain('noisyDigits', conv.noisyDigits, () => [
    { data: new Float32Array(2 * 28 * 28), shape: [2, 28, 28, 1], labels: Int32Array.of(0, 1) },
    { frame: 32, sigma: 0.1, seed: 1 },
  ]),
  plain('fieldGeometry', conv.fieldGeometry, () => [
    { ...windows(), depth: 2 },
    { height: 5, width: 5, channels: 1 },
  ]),
  plain('imageKernelCost', conv.imageKernelCost, ({ backend }) => [
    backend,
    conv.convolutionalNtk({ depth: 2 }),
    { size: { height: 5, width: 5, channels: 1 }, left: 3, right: 3, dtype: 'float32' },
  ]),
  plain('featureLayer', conv.featureLayer, (making) => [
    making.backend,
    images(making),
    making.ops.full([4, 9], 0.5, 'float64'),
    { patchSize: 3, padding: 'image', activation: 'relu', block: 2 },
  ]),
  plain('drawFilters', conv.drawFilters, ({ backend, ops }) => [
    backend,
    ops.identity(9, 'float64'),
    { count: 4, patchLength: 9, key: { seed: 1 }, dtype: 'float64' },
  ]),
  plain('patchFilters', conv.patchFilters, ({ backend }) => [
    backend,
    {
      patchSize: 2,
      channels: 1,
      transform: Float64Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0.1)),
    },
    2,
  ]),
  plain('attentionPictures', conv.attentionPictures, () => [
    {
      patchSize: 2,
      channels: 1,
      transform: Float64Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0.1)),
    },
    { data: new Float64Array(16), height: 4, width: 4, channels: 1 },
  ]),
];
