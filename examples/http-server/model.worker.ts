// The worker of http-server.ts: where the model lives.
import { createCpuBackend } from '@agop/backend-cpu';
import type { ModelSource } from '@agop/estimators';
import { laplace, RFMRegressor } from '@agop/rfm';
import { serveModels } from '@agop/serve/worker';

export const models = serveModels(async () => {
  const backend = await createCpuBackend();
  return {
    fresh: () => new RFMRegressor({ backend, kernel: laplace({ bandwidth: 20 }), ridge: 1 }),
    saved: (file: ModelSource) => RFMRegressor.load(file, { backend }),
  };
});
