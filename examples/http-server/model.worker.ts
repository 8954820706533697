// The worker of http-server.ts: where the model lives.
import { readFile } from 'node:fs/promises';
import { createCpuBackend } from '@agop/backend-cpu';
import { decodeSafetensors } from '@agop/estimators';
import { RFMRegressor, rfm } from '@agop/rfm';
import { serveModels } from '@agop/serve/worker';
import { TabularRegressor } from '@agop/tabular';

export const models = serveModels(async () => {
  const backend = await createCpuBackend();
  return {
    fresh: () => new TabularRegressor({ backend, trials: 2 }),
    /** One machine, or one whose settings were chosen: only the latter says which rows lie outside. */
    saved: async (path: string): Promise<RFMRegressor | TabularRegressor> => {
      const file = new Uint8Array(await readFile(path));
      const isMachine = decodeSafetensors(file).metadata['format'] === rfm.format.name;
      return isMachine ? RFMRegressor.load(file, { backend }) : TabularRegressor.load(file, { backend });
    },
  };
});
