import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { createCpuBackend } from '@agop/backend-cpu';
import { modelFeatures } from '@agop/nfa';
import { readNetwork } from './src/node/networks/read-network.ts';

await tf.setBackend('wasm');
const { model, white } = await readNetwork(tf, 'face', undefined);
using backend = await createCpuBackend();
const x = tf.randomUniform([1, 150, 150, 3], 0, white, 'float32', 3);
for (const mb of [256, 512, 1024, 2048]) {
  const c = process.cpuUsage();
  const t = performance.now();
  let passes = 0;
  await modelFeatures({
    backend,
    model,
    x,
    controls: 0,
    directions: 64,
    memoryBudget: mb * 2 ** 20,
    onProgress: ({ phase, total }) => {
      if (phase === 'gradients') passes = total;
    },
  });
  const u = process.cpuUsage(c);
  console.log(mb, passes, (performance.now() - t).toFixed(0), (u.user / 1000).toFixed(0));
}
