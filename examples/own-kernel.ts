// A kernel of your own is one expression: gradients, checks, saving and every backend follow from it.
//
//   node -C @agop/source examples/own-kernel.ts
import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { defineKernel, RFMRegressor, radialKernel } from '@agop/rfm';

// k(x, z) = 1 / (1 + ‖x - z‖² / L²)^α, of the squared distance s in the learned metric.
const rationalQuadratic = defineKernel({
  name: 'rationalQuadratic',
  description: '1 / (1 + ‖x - z‖² / L²)^α',
  parameters: {
    bandwidth: { type: 'positive', description: 'Length scale L' },
    power: { type: 'positive', default: 1, description: 'Exponent α' },
  },
  make: (name, parameters) =>
    radialKernel(
      name,
      (s, { bandwidth, power }) => s.div(bandwidth.pow(2)).add(1).pow(power.neg()),
      parameters,
    ),
});

const x = Array.from({ length: 400 }, (_, i) => randomArray(8, 'normal', { seed: i }, 'float64'));
const y = x.map((row) => Math.sin(Number(row[0])) * Number(row[1]));

using backend = await createCpuBackend();
using model = new RFMRegressor({ backend, kernel: rationalQuadratic({ bandwidth: 3 }), ridge: 1e-3 });
await model.fit(x.slice(0, 300), y.slice(0, 300), { validation: 0.2 });
console.log('R²', (await model.score(x.slice(300), y.slice(300))).toFixed(3));

// Whoever loads the model needs the definition; its parameters are in the file.
const options = { backend, kernels: { rationalQuadratic } };
using loaded = await RFMRegressor.load(await model.toBytes(), options);
const [mine, theirs] = [await model.predict(x.slice(300)), await loaded.predict(x.slice(300))];
console.log(
  'the loaded model predicts the same:',
  mine.every((value, i) => value === theirs[i]),
);

try {
  rationalQuadratic({ bandwidth: -1 });
} catch (error) {
  console.log('checked:', error instanceof Error ? error.message : error);
}
