// The loop step by step: a target of two of twenty features, and how the metric finds them. Leaving the loop
// early frees everything.
//
//   node -C @agop/source examples/watch-the-loop.ts
import { createCpuBackend } from '@agop/backend-cpu';
import { Scope } from '@agop/core';
import { laplace, recursiveFeatureMachine } from '@agop/rfm';

const [n, d] = [400, 20];
using backend = await createCpuBackend();
using scope = new Scope(backend);
const { ops } = scope;
const key = (stream: number) => ({ seed: 1, stream });
const x = ops.random([n, d], 'normal', key(0), 'float64');
const held = ops.random([n, d], 'normal', key(1), 'float64');
const target = async (points: typeof x): Promise<Float64Array> => {
  const data = await points.read();
  return Float64Array.from({ length: n }, (_, i) => Number(data[i * d]) * Number(data[i * d + 1]));
};
const y = ops.tensor(await target(x), [n, 1], 'float64');
const answers = await target(held);

const loop = recursiveFeatureMachine({
  backend,
  kernel: laplace({ bandwidth: 6 }),
  x,
  y,
  ridge: 1e-3,
  iterations: 5,
});
for await (const { iteration, machine, metric } of loop) {
  using prediction = machine.predict(held);
  const values = await prediction.read();
  const error = answers.reduce((sum, answer, i) => sum + (answer - Number(values[i])) ** 2, 0) / n;
  const m = metric.kind === 'full' ? await metric.tensor.read() : undefined;
  const diagonal = Float64Array.from({ length: d }, (_, k) => Number(m?.[k * d + k] ?? 1));
  const share = (Number(diagonal[0]) + Number(diagonal[1])) / diagonal.reduce((sum, value) => sum + value, 0);
  console.log(
    `iteration ${iteration}: mean squared error ${error.toFixed(3)}, the two features have ${(100 * share).toFixed(0)} % of M`,
  );
  if (error < 0.05) break;
}
