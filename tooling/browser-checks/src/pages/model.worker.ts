import { createCpuBackend } from '@agop/backend-cpu';
import { laplace, RFMRegressor } from '@agop/rfm';
import { serveModels } from '@agop/serve/worker';

export const models = serveModels(async () => {
  const backend = await createCpuBackend();
  return {
    values: () => new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 2 }),
    describing: () => ({ dispose() {}, describe: async () => backend.device.description }),
    closing: () => ({
      dispose() {},
      async end(): Promise<never> {
        globalThis.close();
        return new Promise<never>(() => {});
      },
    }),
  };
});
