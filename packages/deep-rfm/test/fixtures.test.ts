import { input, type Tensor } from '@agop/core';
import {
  classCovariances,
  classStatistics,
  collapseMetrics,
  deepRecursiveFeatureMachine,
  type FeatureMap,
  isLayerStep,
} from '@agop/deep-rfm';
import { oneHot } from '@agop/estimators';
import type { Fixture } from '@agop/fixtures';
import { gaussian, laplace } from '@agop/rfm';
import { enginesWith, precisions } from '@agop/test-support/engines';
import { describeFixtures, expectOutputs } from '@agop/test-support/parity';
import { describe, expect, test } from 'vitest';

/** Random ReLU features with the weights that a fixture holds. */
function givenRelu(fixture: Fixture): FeatureMap {
  return {
    name: 'given',
    parameters: {},
    draw({ backend, layer, dtype }) {
      const { data, shape } = fixture.input(`W${layer - 1}`);
      return { weights: backend.tensor(data, shape, dtype) };
    },
    apply(backend, x, { weights }) {
      using product = backend.matmul(x, weights as Tensor, { transposeB: true });
      return backend.map(input('x').max(0), { x: product });
    },
  };
}

describeFixtures('collapse', (fixtures) => {
  describe.each(enginesWith(2))('$name', ({ create }) => {
    test.each(
      fixtures.flatMap((fixture) => precisions.map((dtype) => ({ fixture, name: fixture.name, dtype }))),
    )('$name in $dtype', async ({ fixture, dtype }) => {
      using backend = await create();
      const { data, shape } = fixture.input('X');
      using x = backend.tensor(data, shape, dtype);
      const labels = fixture.input('labels').data;
      const statistics = await classStatistics(x, labels);
      const { within, between } = await classCovariances(x, labels);
      const { nc1, nc2 } = await collapseMetrics(x, labels);
      expectOutputs(fixture, dtype, {
        means: statistics.means,
        middle: statistics.middle,
        within,
        between,
        nc1: [nc1.ratio],
        nc1_scaled: [nc1.ratio / statistics.classes.length],
        nc2: [nc2.distance],
      });
    });
  });
});

describeFixtures('deep_rfm', (fixtures) => {
  describe.each(enginesWith(2))('$name', ({ create, dtypes }) => {
    test.each(fixtures.flatMap((fixture) => dtypes.map((dtype) => ({ fixture, name: fixture.name, dtype }))))(
      '$name in $dtype',
      async ({ fixture, dtype }) => {
        using backend = await create();
        const before = backend.memory().tensors;
        {
          const { data, shape } = fixture.input('X');
          const labels = Int32Array.from(fixture.input('labels').data);
          const { classes, bandwidth, ridge, depth } = fixture.params as Record<string, number>;
          const targets = oneHot(labels, classes as number).map((value) => 2 * value - 1);
          using x = backend.tensor(data, shape, dtype);
          using y = backend.tensor(targets, [labels.length, classes as number], dtype);
          const kernel = fixture.params['kernel'] === 'gaussian' ? gaussian : laplace;
          const results: Record<string, ArrayLike<number>> = {};
          const nc1: number[] = [];
          const nc2: number[] = [];
          for await (const step of deepRecursiveFeatureMachine({
            backend,
            x,
            y,
            kernel: kernel({ bandwidth: bandwidth as number }),
            ridge: ridge as number,
            depth: depth as number,
            featureMap: givenRelu(fixture),
          })) {
            if (!isLayerStep(step)) continue;
            results[`M_${step.layer - 1}`] = await step.metric.read();
            if (step.layer === 1) results['rooted'] = await step.projected.read();
            if (step.layer === depth) results['features'] = await step.features.read();
            for (const stage of [step.input, step.projected, step.features]) {
              const metrics = await collapseMetrics(stage, labels);
              nc1.push(metrics.nc1.ratio);
              nc2.push(metrics.nc2.distance);
            }
          }
          expectOutputs(fixture, dtype, { ...results, nc1, nc2 });
        }
        expect(backend.memory().tensors).toBe(before);
      },
    );
  });
});
