import type { Backend, FloatDType, Tensor } from '@agop/core';
import type { Fixture } from '@agop/fixtures';
import {
  type ActivationName,
  type AlignmentSimilarity,
  DenseNetwork,
  earlyAlignment,
  gradientCovariances,
  lossGradients,
  networkAlignment,
  networkFeatures,
  type Similarity,
  speedLimited,
  trainNetwork,
} from '@agop/nfa/network';
import { cosineSimilarity, pearsonCorrelation } from '@agop/rfm';
import { enginesWith } from '@agop/test-support/engines';
import { describeFixtures, expectOutputs } from '@agop/test-support/parity';
import { expect, test } from 'vitest';

describeFixtures('network_features', (fixtures) => {
  for (const { name, dtypes, create } of enginesWith(2)) {
    for (const dtype of dtypes) {
      test.each(fixtures.map((fixture) => ({ fixture, title: fixture.name })))(
        `$title on ${name} in ${dtype}`,
        async ({ fixture }) => {
          using backend = await create();
          const results = await resultsOf(backend, dtype, fixture);
          expectOutputs(fixture, dtype, results);
          expect(backend.memory().tensors).toBe(0);
        },
      );
    }
  }
});

type Results = Record<string, ArrayLike<number>>;

async function resultsOf(backend: Backend, dtype: FloatDType, fixture: Fixture): Promise<Results> {
  const layers = fixture.params['layers'] as number;
  const network = (suffix: string) =>
    DenseNetwork.fromLayers({
      backend,
      dtype,
      activation: fixture.params['activation'] as ActivationName,
      layers: Array.from({ length: layers }, (_, i) => ({ weights: fixture.input(`W${i}${suffix}`) })),
    });
  const [x, y] = [fixture.input('X'), fixture.input('Y')];
  using trained = await network('');
  using initial = await network('_initial');
  const results: Results = { prediction: (await trained.predict(x)).data };

  for (const [i, covariance] of (await gradientCovariances(trained, x)).entries()) {
    results[`covariance_${i}`] = await readAndFree(covariance);
  }
  const features = await networkFeatures(trained, x, { initial });
  for (const [i, { nfm, agop, rootAgop, change }] of features.entries()) {
    results[`nfm_${i}`] = nfm.data;
    results[`agop_${i}`] = agop.data;
    results[`root_${i}`] = rootAgop.data;
    results[`change_nfm_${i}`] = change?.nfm.data ?? [];
    results[`change_agop_${i}`] = change?.agop.data ?? [];
  }
  const centered = await networkFeatures(trained, x, { centering: 'output' });
  const ucCentered: number[] = [];
  for (const { layer, agop, nfm } of centered.slice(0, -1)) {
    results[`agop_centred_${layer}`] = agop.data;
    ucCentered.push(cosineSimilarity(nfm.data, agop.data), pearsonCorrelation(nfm.data, agop.data));
  }
  expect(centered.at(-1)?.agop.data.every((value) => value === 0)).toBe(true);

  const alignment = await networkAlignment(trained, initial, x, { layers: 'all' });
  for (const { layer, parts } of alignment) results[`parts_${layer}`] = parts;
  const withRoot = (similarity: AlignmentSimilarity | undefined) => [
    ...pair(similarity),
    ...pair(similarity?.root),
  ];
  Object.assign(results, {
    uc: alignment.flatMap(({ uncentered }) => withRoot(uncentered)),
    uc_centred: ucCentered,
    change: alignment.flatMap(({ change }) => withRoot(change)),
    c: alignment.flatMap(({ centered: similarity }) => pair(similarity)),
    relative_change: alignment.map(({ relativeChange }) => relativeChange),
    early: (await earlyAlignment(initial, x, y, { layers: 'all', rowsPerPass: 7 })).flatMap(pair),
  });

  const { gradients } = await lossGradients(initial, x, y);
  for (const [i, { weights }] of gradients.entries()) {
    results[`initial_gradient_${i}`] = await readAndFree(weights);
  }
  const { layer, boost, eps, rate } = fixture.params['slo'] as SloCase;
  const optimizer = speedLimited({ learningRate: rate, layer, boost, epsilon: eps });
  await trainNetwork(trained, x, y, { optimizer, epochs: 1, batchSize: 1000 });
  for (const [i, { weights }] of trained.layers.entries()) results[`slo_${i}`] = await weights.read();
  return results;
}

/** Parameters of a speed-limited step. */
type SloCase = Readonly<Record<'layer' | 'boost' | 'eps' | 'rate', number>>;

function pair(similarity: Similarity | undefined): readonly number[] {
  return [similarity?.cosine ?? Number.NaN, similarity?.pearson ?? Number.NaN];
}

async function readAndFree(tensor: Tensor): Promise<ArrayLike<number>> {
  using owned = tensor;
  return await owned.read();
}
