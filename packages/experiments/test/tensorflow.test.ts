import { createNaiveBackend } from '@agop/core/naive';
import { resolve } from '@agop/core/options';
import { filterStartOptions, runFilterStart } from '@agop/experiments/filter-start';
import { inspectNetwork } from '@agop/experiments/layers';
import { readNetwork } from '@agop/experiments/node';
import { expect, test } from 'vitest';

const noTensorFlow = { version_core: '0', getBackend: () => 'none', loadLayersModel: async () => noModel };
const noModel = { inputs: [], countParams: () => 0, dispose: () => {} };

test('what is no TensorFlow.js, or no model of it, is refused', async () => {
  using backend = createNaiveBackend();
  await expect(readNetwork(noTensorFlow, 'model.json', undefined)).rejects.toThrow(
    /tf must be TensorFlow\.js/,
  );
  const rows = { data: Float32Array.of(1, 2), shape: [1, 2], names: undefined, option: 'data' };
  const network = { name: 'none', model: noModel };
  await expect(inspectNetwork(noTensorFlow, network, rows, { backend })).rejects.toThrow(/tf must be/);
  const labels = Int32Array.of(0, 1);
  const images = { data: new Float32Array(2 * 144), shape: [2, 12, 12, 1] as const, labels };
  const settings = resolve(filterStartOptions, { samples: 10 });
  const data = { tf: noTensorFlow, name: 'none', training: images, test: images };
  await expect(runFilterStart(settings, data, { backend })).rejects.toMatchObject({ code: 'OPTION' });
});
